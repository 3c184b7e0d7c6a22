// SPDX-License-Identifier: Apache-2.0
// Other axes for the same elements. They are copied: the memory plan knows no value that lies in another's place.
#pragma once

#include <cleave/ops/call.hpp>
#include <cleave/ops/strided.hpp>
#include <cleave/ops/transpose.hpp>

namespace cleave {

/// The same elements, in row-major order, with the axes `letters` of `extents`. The batch axis is as it is: its extent
/// is given as cleave::batch, since it is another on every device.
struct Reshape : detail::MoveOp {
  static constexpr FixedString name = "reshape";

  static constexpr Attributes to(const Dims& dims) {
    Attributes made;
    for (int i = 0; i < dims.rank; ++i) {
      made.letters[i] = dims.letters[i];
      made.extents[i] = dims.letters[i] == batch_axis ? batch : dims.extents[i];
    }
    return made;
  }
  static constexpr void infer(Inference& at) {
    const Dims& x = at.operands[0]->dims;
    detail::infer_moved_dtype(at);
    for (int i = 0; i < max_rank && at.attributes.letters[i] != '\0'; ++i) {
      const char letter = at.attributes.letters[i];
      if (at.dims.has(letter)) {
        at.fault = {Rule::axis_named_twice, "", "", letter, x, at.dims};
        return;
      }
      const bool kept = letter == batch_axis && at.attributes.extents[i] == batch;
      at.dims.push_back(letter, kept ? x.extent_of(batch_axis) : at.attributes.extents[i]);
      if (at.dims.extents[i] < 1) {
        at.fault = {Rule::size_differs, "", "", letter, x, at.dims};
        return;
      }
    }
    if (at.in_graph && !keeps_every_row(x, at.dims)) {
      at.fault = {Rule::batch_axis_folded, "", "", batch_axis, x, at.dims};
    } else if (x.size() != at.dims.size()) {
      at.fault = {Rule::size_differs, "", "", '\0', x, at.dims};
    }
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {detail::append<Reshape>(to(at.dims_of_x(0)), at.dy)}; }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    const Node& node = graph[id];
    detail::CopyLoops loops;
    loops.push(node.dims.size(), 1, 1);
    return loops.call(detail::copy_kernel(node.dtype), 0);
  }

private:
  /// Rows stay rows: as many, and as many elements before each.
  static constexpr bool keeps_every_row(const Dims& x, const Dims& y) {
    const int from = x.index_of(batch_axis);
    const int to = y.index_of(batch_axis);
    if (from < 0 || to < 0) {
      return from == to;
    }
    return x.extents[from] == y.extents[to] &&
           detail::elements_before_position(x, from) == detail::elements_before_position(y, to);
  }
};

namespace detail {

/// The axes of a reshape; N's extent as "what it is" where it is that.
template <class S, class... To>
using ReshapeTo =
    Numbered<Along<To::letter...>,
             (To::letter == batch_axis && To::size == S::dims.extent_of(batch_axis) ? batch : To::size)...>;

/// The axes of a value, as the arguments of a Reshape.
template <class Holder, class Positions = std::make_index_sequence<static_cast<std::size_t>(Holder::dims.rank)>>
struct ReshapeLike;
template <class Holder, std::size_t... At>
struct ReshapeLike<Holder, std::index_sequence<At...>> {
  using type = Numbered<Along<Holder::dims.letters[At]...>,
                        (Holder::dims.letters[At] == batch_axis ? batch : Holder::dims.extents[At])...>;
};

/// Everything but N as one axis, which is the last.
template <class S, char Letter>
struct Flattened {
  static constexpr bool has_rows = S::dims.has(batch_axis);
  static constexpr Dims make() {
    Dims made;
    if (has_rows) {
      made.push_back(batch_axis, S::dims.extent_of(batch_axis));
    }
    made.push_back(Letter, S::size / S::dims.extent_of(batch_axis));
    return made;
  }
  static constexpr Dims dims = make();
};
/// The operand's axes with N first.
template <class S>
struct RowsFirst {
  static constexpr Dims make() {
    Dims made;
    for (int i = 0; i < S::rank; ++i) {
      if (S::dims.letters[i] == batch_axis) {
        made.push_back(batch_axis, 1);
      }
    }
    for (int i = 0; i < S::rank; ++i) {
      if (S::dims.letters[i] != batch_axis) {
        made.push_back(S::dims.letters[i], 1);
      }
    }
    return made;
  }
  static constexpr Dims dims = make();
};

/// One axis under another letter; both sides as messages print them.
template <class S, char From, char To>
struct Renamed {
  static constexpr Fault judge() {
    if (!S::dims.has(From)) {
      return {Rule::axis_absent, "rename", "", From, S::dims, {}};
    }
    if (From == batch_axis || To == batch_axis) {
      return {Rule::batch_axis_folded, "rename", "", batch_axis, S::dims, {}};
    }
    return S::dims.has(To) ? Fault{Rule::axis_present, "rename", "", To, S::dims, {}} : Fault{};
  }
  static constexpr Fault fault = judge();
  static constexpr Dims make() {
    Dims made = S::dims;
    for (int i = 0; i < made.rank; ++i) {
      made.letters[i] = made.letters[i] == From ? To : made.letters[i];
    }
    return made;
  }
  static constexpr Dims dims = make();
};

/// A new first axis of one element.
template <class S, char Letter>
struct Inserted {
  static constexpr Fault judge() {
    if (S::dims.has(Letter)) {
      return {Rule::axis_present, "insert_axis", "", Letter, S::dims, {}};
    }
    if (Letter == batch_axis) {
      return {Rule::batch_axis_folded, "insert_axis", "", Letter, S::dims, {}};
    }
    return S::rank == max_rank ? Fault{Rule::axes_too_many, "insert_axis", "", Letter, S::dims, {}} : Fault{};
  }
  static constexpr Fault fault = judge();
  static constexpr Dims make() {
    Dims made;
    made.push_back(Letter, 1);
    for (int i = 0; i < S::rank && i + 1 < max_rank; ++i) {
      made.push_back(S::dims.letters[i], S::dims.extents[i]);
    }
    return made;
  }
  static constexpr Dims dims = make();
};

/// Without an axis of one element.
template <class S, char Letter>
struct Squeezed {
  static constexpr Fault judge() {
    if (!S::dims.has(Letter)) {
      return {Rule::axis_absent, "squeeze", "", Letter, S::dims, {}};
    }
    if (Letter == batch_axis) {
      return {Rule::batch_axis_folded, "squeeze", "", Letter, S::dims, {}};
    }
    return S::dims.extent_of(Letter) != 1 ? Fault{Rule::size_differs, "squeeze", "", Letter, S::dims, {}} : Fault{};
  }
  static constexpr Fault fault = judge();
  static constexpr Dims dims = S::dims.without(Letter);
};

template <class Holder, class X>
constexpr auto reshape_like(const X& x) {
  if constexpr (Holder::fault) {
    return x.refused();
  } else {
    return call<Reshape, typename ReshapeLike<Holder>::type>(x);
  }
}

#define CLEAVE_SAYS_FOLD(op)                                                                                           \
  op ": the batch axis N stays as it is inside a model, with as many elements before it, since its rows lie on "       \
     "different devices"

} // namespace detail

/// The same elements, in row-major order, with other axes: `reshape<N<64>, C<784>>(x)`, or `reshape<N<cleave::batch>,
/// C<784>>(x)`, where N is as it is. Errors while compiling: another number of elements, rows that would not stay rows.
template <class... To, detail::symbol_operand X>
constexpr auto reshape(const X& x) {
  using At = detail::ReshapeTo<typename X::shape, To...>;
  using Refusal = refusal_of<Reshape, At, X>;
  static_assert(detail::call_keeps<Rule::batch_axis_folded, Refusal>, CLEAVE_SAYS_FOLD("reshape"));
  static_assert(detail::accepted_besides<Refusal, Rule::batch_axis_folded>,
                "reshape: expects axes, each named once, for as many elements as the operand has");
  return detail::call<Reshape, At>(x);
}

/// All axes but N as one, which is the last: `flatten<C>(x)`.
template <template <extent> class Name, detail::symbol_operand X>
constexpr auto flatten(const X& x) {
  using S = typename X::shape;
  constexpr char letter = Name<1>::letter;
  static_assert(letter != batch_axis, CLEAVE_SAYS_FOLD("flatten"));
  if constexpr (letter == batch_axis) {
    return x.refused();
  } else {
    using Flat = detail::Flattened<S, letter>;
    return detail::call<Reshape, typename detail::ReshapeLike<Flat>::type>(
        detail::in_order<typename detail::OrderLike<detail::RowsFirst<S>>::type>(x));
  }
}

/// An axis under another letter: `rename<C, O>(x)`. Errors while compiling: the first letter absent, the second
/// present, one of them N.
template <template <extent> class From, template <extent> class To, detail::symbol_operand X>
constexpr auto rename(const X& x) {
  using At = detail::Renamed<typename X::shape, From<1>::letter, To<1>::letter>;
  using Refusal = detail::lifted_refusal<At>;
  static_assert(detail::call_keeps<Rule::batch_axis_folded, Refusal>, CLEAVE_SAYS_FOLD("rename"));
  static_assert(detail::accepted_besides<Refusal, Rule::batch_axis_folded>,
                "rename: expects an axis of the operand, and a letter that none of its axes has");
  return detail::reshape_like<At>(x);
}

/// A new first axis of one element: `insert_axis<T>(x)`. Errors while compiling: axis present, more than 6 axes.
template <template <extent> class Name, detail::symbol_operand X>
constexpr auto insert_axis(const X& x) {
  using At = detail::Inserted<typename X::shape, Name<1>::letter>;
  using Refusal = detail::lifted_refusal<At>;
  static_assert(detail::call_keeps<Rule::batch_axis_folded, Refusal>, CLEAVE_SAYS_FOLD("insert_axis"));
  static_assert(detail::accepted_besides<Refusal, Rule::batch_axis_folded>,
                "insert_axis: expects a letter that no axis of the operand has, and at most 5 axes");
  return detail::reshape_like<At>(x);
}

/// Without an axis of one element: `squeeze<T>(x)`. Errors while compiling: axis absent, or of more elements.
template <template <extent> class Name, detail::symbol_operand X>
constexpr auto squeeze(const X& x) {
  using At = detail::Squeezed<typename X::shape, Name<1>::letter>;
  using Refusal = detail::lifted_refusal<At>;
  static_assert(detail::call_keeps<Rule::batch_axis_folded, Refusal>, CLEAVE_SAYS_FOLD("squeeze"));
  static_assert(detail::accepted_besides<Refusal, Rule::batch_axis_folded>,
                "squeeze: expects an axis of the operand that has one element");
  return detail::reshape_like<At>(x);
}

} // namespace cleave
