// SPDX-License-Identifier: Apache-2.0
// Products of tensors or of a model's symbols over named axes.
#pragma once

#include <cleave/ops/contract.hpp>
#include <cleave/ops/reduce.hpp>
#include <cleave/ops/transpose.hpp>
#include <cleave/shape/einsum.hpp>

namespace cleave {
namespace detail {

/// Two operands of one element type, floating.
template <class... X>
constexpr Fault judge_elements() {
  const Node nodes[] = {node_of<X>()...};
  for (const Node& node : nodes) {
    if (!is_floating(node.dtype)) {
      return {Rule::dtype_unsupported, "", "", '\0', node.dims, {}};
    }
    if (node.dtype != nodes[0].dtype) {
      return {Rule::dtypes_differ, "", "", '\0', nodes[0].dims, node.dims};
    }
  }
  return {};
}

// ---- two operands
// -----------------------------------------------------------------------------------------------------

/// The axes that two shapes share and `Letters` names; all that they share where it names none.
template <class A, class B, char... Letters>
struct SharedAxes {
  static constexpr Dims make() {
    const char letters[] = {Letters..., '\0'};
    Dims axes;
    for (int i = 0; i < A::rank; ++i) {
      bool named = sizeof...(Letters) == 0;
      for (const char letter : letters) {
        named = named || letter == A::dims.letters[i];
      }
      if (named && B::dims.has(A::dims.letters[i])) {
        axes.push_back(A::dims.letters[i], A::dims.extents[i]);
      }
    }
    return axes;
  }
  static constexpr Dims dims = make();
};

struct AnyOrder {
  static constexpr Dims dims{};
};

/// The layout of a product of shapes A and B over the axes of `Contracted`, for a result in the order of `Wanted`.
template <class A, class B, class Contracted, class Wanted>
struct Pair {
  static constexpr PairPlan plan = plan_pair(A::dims, B::dims, Contracted::dims, Wanted::dims);
  struct OrderA {
    static constexpr Dims dims = plan.a;
  };
  struct OrderB {
    static constexpr Dims dims = plan.b;
  };
  static constexpr Attributes make() {
    Attributes made;
    made.flags = Contract::Form{plan.batch, plan.contracted, plan.transpose_a, plan.transpose_b}.flags();
    for (int i = 0; i < plan.result.rank; ++i) {
      made.letters[i] = plan.result.letters[i];
    }
    return made;
  }
  static constexpr Attributes attributes = make();
};

template <class P, class A, class B>
constexpr auto contract_as(const A& a, const B& b) {
  return call<Contract, P>(in_order<typename OrderLike<typename P::OrderA>::type>(a),
                           in_order<typename OrderLike<typename P::OrderB>::type>(b));
}

template <char... Letters>
struct DotJudge {
  static constexpr FixedString name = "dot";
  template <class A, class B>
  static constexpr Fault judge() {
    const Dims& a = facts<A>::shape::dims;
    const Dims& b = facts<B>::shape::dims;
    Dims named;
    for (const char letter : {Letters..., '\0'}) {
      if (letter == '\0') {
        break;
      }
      if (!a.has(letter) || !b.has(letter)) {
        return {Rule::axis_absent, "dot", "", letter, a, b};
      }
      if (named.has(letter)) {
        return {Rule::axis_named_twice, "dot", "", letter, a, b};
      }
      named.push_back(letter, a.extent_of(letter));
    }
    int axes = a.rank + b.rank;
    for (int i = 0; i < a.rank; ++i) {
      const char letter = a.letters[i];
      if (b.has(letter)) {
        axes -= named.has(letter) || sizeof...(Letters) == 0 ? 2 : 1;
        if (b.extent_of(letter) != a.extents[i]) {
          return {Rule::extents_differ, "dot", "", letter, a, b};
        }
      }
    }
    return axes > max_rank ? Fault{Rule::axes_too_many, "dot", "", '\0', a, b} : judge_elements<A, B>();
  }
};

// ---- any number of operands
// -------------------------------------------------------------------------------------------

template <FixedString Spec>
struct EinsumJudge {
  static constexpr EinsumSpec spec = parse_einsum(stored<Spec>);

  template <class... X>
  static constexpr Fault judge() {
    const Dims operands[] = {facts<X>::shape::dims...};
    const Dims& result = spec.result;
    if (!spec.is_well_formed || spec.count != static_cast<int>(sizeof...(X))) {
      return {Rule::shapes_differ, "einsum", "", '\0', operands[0], result};
    }
    extent extents[128]{}; // by letter
    for (int k = 0; k < spec.count; ++k) {
      const Dims& given = operands[k];
      const Dims& named = spec.operands[k];
      for (int i = 0; i < given.rank || i < named.rank; ++i) {
        if (i >= given.rank || i >= named.rank || given.letters[i] != named.letters[i]) {
          return {Rule::shapes_differ, "einsum", "", i < named.rank ? named.letters[i] : '\0', given, named};
        }
        extent& known = extents[static_cast<unsigned char>(given.letters[i]) & 127U];
        if (known != 0 && known != given.extents[i]) {
          return {Rule::extents_differ, "einsum", "", given.letters[i], operands[0], given};
        }
        known = given.extents[i];
      }
    }
    for (int i = 0; i < result.rank; ++i) {
      if (extents[static_cast<unsigned char>(result.letters[i]) & 127U] == 0) {
        return {Rule::axis_absent, "einsum", "", result.letters[i], operands[0], result};
      }
      if (result.index_of(result.letters[i]) != i) {
        return {Rule::axis_named_twice, "einsum", "", result.letters[i], operands[0], result};
      }
    }
    const EinsumPlan plan = plan_einsum(operands, spec.count, axes_of<X...>());
    return plan.most_axes > max_rank ? Fault{Rule::axes_too_many, "einsum", "", '\0', operands[0], result}
                                     : judge_elements<X...>();
  }
  /// The result's axes, of operands that fit.
  template <class... X>
  static constexpr Dims axes_of() {
    Dims axes = spec.result;
    for (const Dims& operand : {facts<X>::shape::dims...}) {
      for (int i = 0; i < axes.rank; ++i) {
        axes.extents[i] = operand.has(axes.letters[i]) ? operand.extent_of(axes.letters[i]) : axes.extents[i];
      }
    }
    return axes;
  }
};

/// What a call of einsum has settled: the result and the order of contractions.
template <class Judge, class... X>
struct EinsumOf {
  static constexpr Dims dims = Judge::template axes_of<X...>();
  static constexpr EinsumPlan make() {
    const Dims operands[] = {facts<X>::shape::dims...};
    return plan_einsum(operands, static_cast<int>(sizeof...(X)), dims);
  }
  static constexpr EinsumPlan plan = make();
};

/// Axes that `X` has alone and the result lacks.
template <class Result, class X, class... All>
struct LoneAxes {
  static constexpr Dims make() {
    Dims axes;
    for (int i = 0; i < facts<X>::shape::rank; ++i) {
      const char letter = facts<X>::shape::dims.letters[i];
      if (!Result::dims.has(letter) && ((facts<All>::shape::dims.has(letter) ? 1 : 0) + ...) == 1) {
        axes.push_back(letter, 1);
      }
    }
    return axes;
  }
  static constexpr Dims dims = make();
};
template <class Lone, class X>
constexpr decltype(auto) sum_lone(const X& x) {
  if constexpr (Lone::dims.rank == 0) {
    return (x);
  } else {
    return call<Sum, typename OrderLike<Lone>::type>(x);
  }
}

/// Axes of both A and B that neither the result nor one of the others has.
template <class Result, class A, class B, class... Others>
struct EndingAxes {
  static constexpr Dims make() {
    Dims axes;
    for (int i = 0; i < A::rank; ++i) {
      const char letter = A::dims.letters[i];
      if (B::dims.has(letter) && !Result::dims.has(letter) && !(facts<Others>::shape::dims.has(letter) || ...)) {
        axes.push_back(letter, A::dims.extents[i]);
      }
    }
    return axes;
  }
  static constexpr Dims dims = make();
};

template <class E, int Step, class First, class... More>
constexpr auto contract_all(const First& first, const More&... more);

template <class E, int Step, int Left, int Right, int... Rest, class... X>
constexpr auto contract_step(std::integer_sequence<int, Rest...> /*others*/, const X&... x) {
  const auto& a = nth<Left>(x...);
  const auto& b = nth<Right>(x...);
  using A = typename facts<std::remove_cvref_t<decltype(a)>>::shape;
  using B = typename facts<std::remove_cvref_t<decltype(b)>>::shape;
  using Ending = EndingAxes<E, A, B, std::remove_cvref_t<decltype(nth<Rest>(x...))>...>;
  using Wanted = std::conditional_t<sizeof...(Rest) == 0, E, AnyOrder>;
  using Plain = Pair<A, B, Ending, Wanted>;
  using Turned = Pair<B, A, Ending, Wanted>;
  if constexpr (Turned::plan.moved < Plain::plan.moved) {
    return contract_all<E, Step + 1>(nth<Rest>(x...)..., contract_as<Turned>(b, a));
  } else {
    return contract_all<E, Step + 1>(nth<Rest>(x...)..., contract_as<Plain>(a, b));
  }
}

/// The numbers of all values but two.
constexpr int skip_two(int at, int left, int right) {
  at += at >= left ? 1 : 0;
  return at + (at >= right ? 1 : 0);
}
template <int Left, int Right, int... At>
constexpr auto all_but(std::integer_sequence<int, At...> /*others*/) {
  return std::integer_sequence<int, skip_two(At, Left, Right)...>{};
}

template <class E, int Step, class First, class... More>
constexpr auto contract_all(const First& first, const More&... more) {
  if constexpr (sizeof...(More) == 0) {
    using Order = typename OrderLike<E>::type;
    if constexpr (symbol_operand<First>) {
      return in_order<Order>(first);
    } else {
      return to_tensor(in_order<Order>(first));
    }
  } else {
    constexpr EinsumStep step = E::plan.steps[Step];
    using Others = decltype(all_but<step.left, step.right>(std::make_integer_sequence<int, sizeof...(More) - 1>{}));
    return contract_step<E, Step, step.left, step.right>(Others{}, first, more...);
  }
}

template <class E, class... X>
constexpr auto make_einsum(const X&... x) {
  return contract_all<E, 0>(sum_lone<LoneAxes<E, X, X...>>(x)...);
}

} // namespace detail

/// The product of two tensors, or two symbols of a model, summed over the named axes, `dot<C>(a, b)`, or over all that
/// both have, `dot(a, b)`. Other axes that both have are kept once: the product is one of matrices for each index along
/// them (a batch). Result: those axes, the rest of a's, the rest of b's. Transposes follow from the names. Of a model's
/// symbols, a product over N is a partial sum on each device. Errors while compiling: an axis absent or named twice,
/// other extents, integers, more than 6 axes.
template <template <extent> class... Names, class A, class B>
  requires(operand<A> || operand<B>)
constexpr auto dot(const A& a, const B& b) {
  using Call = detail::Judged<detail::DotJudge<Names<1>::letter...>, A, B>;
  static_assert(detail::no_operand_is_partial<text<'d', 'o', 't'>, A, B>, "dot: an operand " CLEAVE_IS_PARTIAL);
  static_assert(detail::accepted<typename Call::found_wrong> || detail::partial_operand<A> ||
                    detail::partial_operand<B>,
                "dot: expects two tensors of one floating type, or two symbols of a model, that have the axes to sum "
                "over; axes that both have are of equal extent");
  if constexpr (Call::is_legal) {
    using SA = typename detail::facts<A>::shape;
    using SB = typename detail::facts<B>::shape;
    using Shared = detail::SharedAxes<SA, SB, Names<1>::letter...>;
    return detail::contract_as<detail::Pair<SA, SB, Shared, detail::AnyOrder>>(a, b);
  } else {
    return detail::refused_call(a, b);
  }
}

/// Sums of products by letters, of any number of operands (12 at most): `einsum<"NTC,CO->NTO">(x, w)`. The letters of
/// each operand are its axes, in order; those of the result, in the order wanted, are kept, all others are summed over.
/// Operands are contracted pair by pair, in the order of fewest operations (greedily beyond 6). Of a model's symbols, a
/// sum over N is a partial sum on each device. Errors while compiling: letters that are not the operand's axes, a
/// letter of the result that no operand has, other extents along one letter, integers, products of more than 6 axes.
template <FixedString Spec, class First, class... More>
  requires(operand<First> || (operand<More> || ...))
constexpr auto einsum(const First& first, const More&... more) {
  using Judge = detail::EinsumJudge<Spec>;
  using Call = detail::Judged<Judge, First, More...>;
  constexpr bool is_partial = detail::partial_operand<First> || (detail::partial_operand<More> || ...);
  static_assert(detail::no_operand_is_partial<text<'e', 'i', 'n', 's', 'u', 'm'>, First, More...>,
                "einsum: an operand " CLEAVE_IS_PARTIAL);
  static_assert(detail::accepted<typename Call::found_wrong> || is_partial,
                "einsum: expects for each operand the letters of its axes in order, and for the result some of these "
                "letters, each once; one letter has one extent, and all operands one floating type");
  if constexpr (Call::is_legal) {
    return detail::make_einsum<detail::EinsumOf<Judge, First, More...>>(first, more...);
  } else {
    return detail::refused_call(first, more...);
  }
}

} // namespace cleave
