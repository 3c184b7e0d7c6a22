// SPDX-License-Identifier: Apache-2.0
// The one entry of operations that are kernels of their own, as `apply` is of elementwise ones. The rule that infers a
// node's shape in a graph is asked while compiling, with the operands' types; what it says becomes the type of the
// result, or the reason in a message. Symbols of a model become a node; tensors are computed at once, by the kernel
// that the graph would run.
#pragma once

#include <cleave/graph/report.hpp>
#include <cleave/ops/elementwise_op.hpp>
#include <cleave/tensor/tensor.hpp>

namespace cleave {
namespace detail {

/// Attributes known while compiling, as a type: named axes, and a number an operation reads as it likes.
template <int Flags, char... Letters>
struct Named {
  static_assert(sizeof...(Letters) <= max_rank, "axes: an operation names at most 6 axes");
  static constexpr Attributes attributes = [] {
    Attributes made;
    made.flags = Flags;
    const char letters[] = {Letters..., '\0'};
    for (int i = 0; i != max_rank && letters[i] != '\0'; ++i) {
      made.letters[i] = letters[i];
    }
    return made;
  }();
};
template <char... Letters>
using Along = Named<0, Letters...>;

/// The same, and numbers: bounds, sizes, counts.
template <class Axes, extent... Numbers>
struct Numbered {
  static_assert(sizeof...(Numbers) <= max_rank, "attributes: an operation has at most 6 numbers");
  static constexpr Attributes attributes = [] {
    Attributes made = Axes::attributes;
    const extent numbers[max_rank + 1] = {Numbers...};
    for (int i = 0; i < max_rank; ++i) {
      made.extents[i] = numbers[i];
    }
    return made;
  }();
};

/// What is wrong with the operands of an operation before its own rule is asked.
enum class CallMisuse : unsigned char {
  none,
  known_before,        ///< an operand is itself the result of a refused operation
  is_no_operand,       ///< neither a tensor, a view, an expression nor a symbol of a model
  is_partial_sum,      ///< a device's share of a sum over devices
  symbol_meets_tensor, ///< a model's symbol and a tensor
  has_dynamic_extent,  ///< a tensor whose leading extent is known only while running
  devices_differ,
  rule_is_broken ///< the operation's own; see `rule`
};

/// What a refusal says beside its sentence: the rule, the operation, the axis and both sides.
template <auto Broken, class Op, class Axis, class Left, class Right>
struct wrong {}; // NOLINT(readability-identifier-naming): reads as prose in messages

/// Whether a call may be made; stands in a static_assert beside the operation's own sentence, directly in the function
/// that users call.
template <class Found>
inline constexpr bool accepted = false;
template <>
inline constexpr bool accepted<void> = true;

/// Whether a call keeps a rule that has a sentence of its own; and whether it is accepted, or refused by one of those.
template <Rule Asked, class Found>
inline constexpr bool call_keeps = true;
template <Rule Asked, class Op, class Axis, class Left, class Right>
inline constexpr bool call_keeps<Asked, wrong<Asked, Op, Axis, Left, Right>> = false;
template <class Found, Rule... Said>
inline constexpr bool accepted_besides = accepted<Found> || !(call_keeps<Said, Found> && ...);

/// A fault as the type that messages print; void where there is none.
template <class Holder, bool Broken = static_cast<bool>(Holder::fault)>
struct LiftRefusal {
  template <Rule Rules, class Name, class User, class Where, class Left, class Right>
  static wrong<Rules, Name, Where, Left, Right> spell(const found<Rules, Name, User, Where, Left, Right>*);
  using type = decltype(spell(static_cast<const typename LiftFault<Holder>::type*>(nullptr)));
};
template <class Holder>
struct LiftRefusal<Holder, false> {
  using type = void;
};
template <class Holder>
using lifted_refusal = typename LiftRefusal<Holder>::type;

template <class X>
constexpr Node node_of() {
  Node node;
  node.dims = X::shape::dims;
  node.dtype = dtype_v<typename X::element>;
  return node;
}

template <class... X>
constexpr CallMisuse judge_operands() {
  constexpr bool is_symbolic = (symbol_operand<X> || ...);
  if ((refused_operand<X> || ...)) {
    return CallMisuse::known_before;
  }
  if (!(operand<X> && ...)) {
    return CallMisuse::is_no_operand;
  }
  if ((partial_operand<X> || ...)) {
    return CallMisuse::is_partial_sum;
  }
  if (is_symbolic && (eager_operand<X> || ...)) {
    return CallMisuse::symbol_meets_tensor;
  }
  if (((eager_operand<X> && !facts<X>::shape::is_static) || ...)) {
    return CallMisuse::has_dynamic_extent;
  }
  return Agreement<typename facts<X>::device...>::holds ? CallMisuse::none : CallMisuse::devices_differ;
}

/// What the rule of `Op` says of operands X; nothing where they are no operands.
struct Inferred {
  Dims dims{};
  DType dtype{};
  Fault fault{};
};
template <class Op, class At, class... X>
constexpr Inferred infer_call() {
  if constexpr (judge_operands<X...>() != CallMisuse::none) {
    return {};
  } else {
    const Node operands[] = {node_of<X>()...};
    Inference at;
    at.operand_count = sizeof...(X);
    at.attributes = At::attributes;
    at.in_graph = (symbol_operand<X> || ...);
    for (int i = 0; i < at.operand_count; ++i) {
      at.operands[i] = &operands[i];
    }
    Op::infer(at);
    at.fault.op = Op::name.value;
    return {at.dims, at.dtype, at.fault}; // not `at`, which points to what ends here
  }
}
template <class Op, class At, class... X>
inline constexpr Inferred inferred = infer_call<Op, At, X...>();

/// The call of `Op` with attributes `At` on operands X, judged.
template <class Op, class At, class... X>
struct Call {
  static constexpr bool is_symbolic = (symbol_operand<X> || ...);
  using device = Agreement<typename facts<X>::device...>;
  static constexpr Fault fault = inferred<Op, At, X...>.fault;
  static constexpr CallMisuse misuse = fault ? CallMisuse::rule_is_broken : judge_operands<X...>();
  static constexpr bool is_legal = misuse == CallMisuse::none;
  static constexpr Dims dims = inferred<Op, At, X...>.dims;

  template <std::size_t... Position>
  static Shape<Axis<dims.letters[Position], dims.extents[Position]>...> spell_shape(std::index_sequence<Position...>);
  using shape = decltype(spell_shape(std::make_index_sequence<static_cast<std::size_t>(dims.rank)>{}));
  using element = element_t<inferred<Op, At, X...>.dtype>;

  template <CallMisuse Why, class Self>
  struct Reason {
    using type = wrong<Why, text<>, axis<'\0'>, typename device::left, typename device::right>;
  };
  template <class Self>
  struct Reason<CallMisuse::none, Self> {
    using type = void;
  };
  template <class Self>
  struct Reason<CallMisuse::known_before, Self> {
    using type = void;
  };
  template <class Self>
  struct Reason<CallMisuse::rule_is_broken, Self> : LiftRefusal<Self> {};
  /// void where the call is legal, or was refused before.
  using found_wrong = typename Reason<misuse, Call>::type;
};

/// A call of several operations, judged by a function of the operands' types instead of one operation's rule:
/// `Judge::judge<X...>()`.
template <class Judge, class... X>
struct Judged {
  static constexpr CallMisuse operands = judge_operands<X...>();
  static constexpr Fault make() {
    if constexpr (operands == CallMisuse::none) {
      return Judge::template judge<X...>();
    } else {
      return {};
    }
  }
  static constexpr Fault fault = make();
  static constexpr bool is_legal = operands == CallMisuse::none && !fault;

  template <CallMisuse Why, class Self>
  struct Reason {
    using device = Agreement<typename facts<X>::device...>;
    using type = wrong<Why, text<>, axis<'\0'>, typename device::left, typename device::right>;
  };
  template <class Self>
  struct Reason<CallMisuse::known_before, Self> {
    using type = void;
  };
  template <class Self>
  struct Reason<CallMisuse::none, Self> : LiftRefusal<Self> {};
  /// void where the call is legal, or was refused before.
  using found_wrong = typename Reason<operands, Judged>::type;
};

/// In place of a result that was refused in words.
template <class... X>
constexpr auto refused_call(const X&... x) {
  if constexpr ((symbol_operand<X> || ...)) {
    return first_symbol(x...).refused();
  } else {
    return Refused{};
  }
}

/// An operand's elements one after another: itself, or a copy.
template <class X>
constexpr decltype(auto) in_one_piece(const X& x) {
  if constexpr (requires { typename X::strides; }) {
    if constexpr (is_contiguous<typename X::shape, typename X::strides>) {
      return (x);
    } else {
      return to_tensor(x);
    }
  } else {
    return to_tensor(x);
  }
}

/// Runs the kernel of a node whose operands and result each lie in an "arena" of their own.
template <class Op, class Out, class... X>
void run_kernel(const Attributes& attributes, Out& y, const X&... x) {
  constexpr int count = sizeof...(X);
  Node nodes[sizeof...(X) + 1] = {node_of<X>()...};
  Node& node = nodes[count];
  node = node_of<Out>();
  node.op = &rule<Op>;
  node.operand_count = count;
  node.attributes = attributes;
  KernelArguments arguments;
  for (int i = 0; i < count; ++i) {
    node.operands[i] = i;
  }
  for (int i = 0; i <= count; ++i) {
    arguments.operands[i] = {0, static_cast<ArenaId>(i)};
  }
  const KernelCall lowered = Op::lower(GraphView{nodes, count + 1}, count);
  for (int i = 0; i < max_kernel_sizes; ++i) {
    arguments.sizes[i] = lowered.sizes[i];
  }
  for (int i = 0; i + 1 < max_kernel_operands; ++i) {
    arguments.numbers[i] = lowered.numbers[i];
    arguments.masks[i] = lowered.masks[i];
  }
  // kernels write only where operand 0 lies
  std::byte* const arenas[] = {reinterpret_cast<std::byte*>(y.data()),
                               reinterpret_cast<std::byte*>(const_cast<typename X::element*>(
                                   x.data()))...}; // NOLINT(cppcoreguidelines-pro-type-const-cast)
  lowered.kernel(arenas, arguments);
}

/// `C::Op` computed at once into a tensor of its own.
template <class Op, class C, class... X>
auto compute(const Attributes& attributes, const X&... x) {
  Tensor<typename C::element, typename C::shape, typename C::device::left> y(uninitialized);
  run_kernel<Op>(attributes, y, x...);
  return y;
}

/// Makes a call that has been judged; what was refused gives Refused, or a symbol that says no more.
template <class Op, class At, class... X>
constexpr auto call(const Attributes& attributes, const X&... x) {
  using C = Call<Op, At, X...>;
  if constexpr (C::is_symbolic) {
    const auto& symbol = first_symbol(x...);
    if constexpr (C::is_legal) {
      return symbol.template call<Op, C>(attributes, x...);
    } else {
      return symbol.refused();
    }
  } else if constexpr (C::is_legal) {
    return compute<Op, C>(attributes, in_one_piece(x)...);
  } else {
    return Refused{};
  }
}
template <class Op, class At, class... X>
constexpr auto call(const X&... x)
  requires(operand<X> || ...)
{
  return call<Op, At>(At::attributes, x...);
}

/// One of several arguments.
template <int Index, class First, class... Rest>
constexpr const auto& nth(const First& first, const Rest&... rest) {
  if constexpr (Index == 0) {
    return first;
  } else {
    return nth<Index - 1>(rest...);
  }
}

/// Appends `Op` on values of one graph: what derivatives are written with.
template <class Op, class... V>
constexpr Value append(const Attributes& attributes, Value first, V... more) {
  const Id operands[] = {first.id, more.id...};
  return first.builder->apply(&rule<Op>, attributes, operands, 1 + static_cast<int>(sizeof...(V)));
}

} // namespace detail

/// Reads a call's verdict in a static_assert: `static_assert(detail::accepted<refusal_of<Op, At, X...>>, "op: ...");`
template <class Op, class At, class... X>
using refusal_of = typename detail::Call<Op, At, X...>::found_wrong;

} // namespace cleave
