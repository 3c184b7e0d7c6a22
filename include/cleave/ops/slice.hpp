// SPDX-License-Identifier: Apache-2.0
// Parts of a model's symbol. The same words on tensors and views (tensor/) give views.
#pragma once

#include <cleave/ops/call.hpp>
#include <cleave/ops/strided.hpp>
#include <cleave/shape/crop.hpp>
#include <cleave/shape/slice.hpp>
#include <cleave/tensor/split.hpp>

namespace cleave {

/// Elements begin:end:step along one axis. `letters[0]` is the axis, `extents` are begin, end and step as in
/// `resolve_slice`.
struct Slice : detail::MoveOp {
  static constexpr FixedString name = "slice";

  static constexpr detail::SliceRange range(const Attributes& attributes, const Dims& x) {
    return detail::resolve_slice(attributes.extents[0], attributes.extents[1], attributes.extents[2],
                                 x.extent_of(attributes.letters[0]));
  }
  /// `count` elements from `first` on.
  static constexpr Attributes taking(char letter, extent first, extent count, extent step) {
    Attributes made;
    made.letters[0] = letter;
    const extent last = first + (count - 1) * step;
    made.extents[0] = first;
    const extent before = last > 0 ? last - 1 : to_end;
    made.extents[1] = step > 0 ? last + 1 : before;
    made.extents[2] = step;
    return made;
  }
  static constexpr void infer(Inference& at) {
    at.dims = at.operands[0]->dims;
    detail::infer_moved_dtype(at);
    const char letter = at.attributes.letters[0];
    const int axis = detail::infer_moved_axis(at, letter);
    if (at.fault) {
      return;
    }
    const detail::SliceRange taken = range(at.attributes, at.dims);
    if (taken.fault != detail::SliceFault::none) {
      const bool empty = taken.fault == detail::SliceFault::empty || taken.fault == detail::SliceFault::zero_step;
      at.fault = {empty ? Rule::range_empty : Rule::range_outside, "", "", letter, at.dims, {}};
      return;
    }
    at.dims.extents[axis] = taken.count;
  }
  static constexpr Cotangents vjp(const Vjp& at);
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    const Node& node = graph[id];
    const Dims& x = graph[node.operands[0]].dims;
    const int axis = x.index_of(node.attributes.letters[0]);
    const detail::SliceRange taken = range(node.attributes, x);
    detail::CopyLoops loops;
    for (int i = 0; i < node.dims.rank; ++i) {
      loops.push(node.dims.extents[i], x.stride(i) * (i == axis ? taken.step : 1), node.dims.stride(i));
    }
    return loops.call(detail::copy_kernel(node.dtype), taken.first * x.stride(axis));
  }
};

/// The adjoint of Slice: an axis of `extents[1]` elements, all `attributes.number`, in which x lies `extents[2]` apart
/// from `extents[0]` on.
struct Place : detail::MoveOp {
  static constexpr FixedString name = "place";

  static constexpr Attributes of(char letter, extent first, extent size, extent step, double fill = 0) {
    Attributes made;
    made.letters[0] = letter;
    made.extents[0] = first;
    made.extents[1] = size;
    made.extents[2] = step;
    made.number = fill;
    return made;
  }
  static constexpr void infer(Inference& at) {
    at.dims = at.operands[0]->dims;
    detail::infer_moved_dtype(at);
    const char letter = at.attributes.letters[0];
    const int axis = detail::infer_moved_axis(at, letter);
    if (at.fault) {
      return;
    }
    const extent first = at.attributes.extents[0];
    const extent size = at.attributes.extents[1];
    const extent last = first + (at.dims.extents[axis] - 1) * at.attributes.extents[2];
    if (first < 0 || last < 0 || first >= size || last >= size) {
      at.fault = {Rule::range_outside, "", "", letter, at.dims, {}};
      return;
    }
    at.dims.extents[axis] = size;
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    const Attributes& placed = at.node.attributes;
    const char letter = placed.letters[0];
    const extent count = at.dims_of_x(0).extent_of(letter);
    return {detail::append<Slice>(Slice::taking(letter, placed.extents[0], count, placed.extents[2]), at.dy)};
  }
  static constexpr Placed place(const PlaceRequest& at) {
    const bool adds_numbers = at.at().attributes.number != 0; // once on every device
    const Placed moved = MoveOp::place(at);
    return {moved.placement,
            moved.placement == Placement::partial && adds_numbers ? Rule::nonlinear_partial : moved.broken};
  }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    const Node& node = graph[id];
    const Dims& x = graph[node.operands[0]].dims;
    const int axis = x.index_of(node.attributes.letters[0]);
    detail::CopyLoops loops;
    for (int i = 0; i < x.rank; ++i) {
      loops.push(x.extents[i], x.stride(i), node.dims.stride(i) * (i == axis ? node.attributes.extents[2] : 1));
    }
    const Kernel kernel =
        detail::pick_kernel(node.dtype, &kernels::strided_place<float>, &kernels::strided_place<double>,
                            &kernels::strided_place<std::int32_t>, &kernels::strided_place<std::int64_t>,
                            &kernels::strided_place<std::uint8_t>);
    KernelCall call = loops.call(kernel, node.attributes.extents[0] * node.dims.stride(axis));
    call.numbers[0] = node.attributes.number;
    call.numbers[1] = static_cast<double>(node.dims.size());
    return call;
  }
};

constexpr Cotangents Slice::vjp(const Vjp& at) {
  const Dims x = at.dims_of_x(0);
  const char letter = at.node.attributes.letters[0];
  const detail::SliceRange taken = range(at.node.attributes, x);
  return {detail::append<Place>(Place::of(letter, taken.first, x.extent_of(letter), taken.step), at.dy)};
}

namespace detail {

#define CLEAVE_SAYS_ROWS(op)                                                                                           \
  op ": the batch axis N cannot be cut, joined or moved inside a model, since its rows lie on different devices; do "  \
     "it to the batch before it is scattered, or to the merged output"

template <char Letter, extent Begin, extent End, extent Step>
using SliceAt = Numbered<Along<Letter>, Begin, End, Step>;
/// Backwards along a whole axis.
template <char Letter>
using FlipAt = Numbered<Along<Letter>, -1, to_end, -1>;

/// What keeps a crop from being made: the first axis at fault.
template <class S, class... To>
constexpr Fault judge_crop_node(const extent* before) {
  const char letters[] = {To::letter..., '\0'};
  const extent extents[] = {To::size..., 0};
  const Dims wanted = make_dims<To...>();
  for (std::size_t i = 0; i < sizeof...(To); ++i) {
    const extent size = S::dims.extent_of(letters[i]);
    if (!S::dims.has(letters[i])) {
      return {Rule::axis_absent, "crop", "", letters[i], S::dims, wanted};
    }
    if (letters[i] == batch_axis) {
      return {Rule::batch_axis_cut, "crop", "", letters[i], S::dims, wanted};
    }
    if (extents[i] < 1 || before[i] < 0 || before[i] + extents[i] > size) {
      return {Rule::range_outside, "crop", "", letters[i], S::dims, wanted};
    }
  }
  return {};
}

/// Offsets given, or half of what is left over, rounded down.
template <class S, class At, class... To>
struct CropNodeAt;
template <class S, extent... At, class... To>
struct CropNodeAt<S, Offset<At...>, To...> {
  static constexpr extent before[sizeof...(At) + 1] = {At..., 0};
  static constexpr Fault fault = judge_crop_node<S, To...>(before);
};
template <class S, class... To>
struct CropNodeAt<S, void, To...> {
  static constexpr extent before[sizeof...(To) + 1] = {(S::dims.extent_of(To::letter) - To::size) / 2 ..., 0};
  static constexpr Fault fault = judge_crop_node<S, To...>(before);
};

template <class At, int Position, class X>
constexpr auto crop_from(const X& x) {
  return x;
}
template <class At, int Position, class First, class... Rest, class X>
constexpr auto crop_from(const X& x) {
  using Range = SliceAt<First::letter, At::before[Position], At::before[Position] + First::size, 1>;
  return crop_from<At, Position + 1, Rest...>(call<Slice, Range>(x));
}

} // namespace detail

/// Elements begin:end along an axis of a model's symbol, every `Step`-th: `slice<C, 0, 32>(x)`, `slice<C, 1, -1>(x)`,
/// `slice<C, 0, cleave::to_end, 2>(x)`. Negative bounds count from the end, a negative step goes backwards; bounds are
/// not clamped. Errors while compiling: axis absent, range empty or outside, the batch axis.
template <template <extent> class Name, extent Begin, extent End, extent Step = 1, detail::symbol_operand X>
constexpr auto slice(const X& x) {
  using At = detail::SliceAt<Name<1>::letter, Begin, End, Step>;
  using Refusal = refusal_of<Slice, At, X>;
  static_assert(detail::call_keeps<Rule::batch_axis_cut, Refusal>, CLEAVE_SAYS_ROWS("slice"));
  static_assert(detail::accepted_besides<Refusal, Rule::batch_axis_cut>,
                "slice: expects an axis of the operand and a range inside it that is not empty (negative bounds count "
                "from the end, cleave::to_end is the end)");
  return detail::call<Slice, At>(x);
}

/// An axis backwards: `flip<C>(x)`. Errors while compiling: axis absent, the batch axis.
template <template <extent> class Name, detail::symbol_operand X>
constexpr auto flip(const X& x) {
  using At = detail::FlipAt<Name<1>::letter>;
  using Refusal = refusal_of<Slice, At, X>;
  static_assert(detail::call_keeps<Rule::batch_axis_cut, Refusal>, CLEAVE_SAYS_ROWS("flip"));
  static_assert(detail::accepted_besides<Refusal, Rule::batch_axis_cut>,
                "flip: the operand has no axis of that letter");
  return detail::call<Slice, At>(x);
}

/// The middle of a model's symbol along some axes: `crop<H<20>, W<20>>(x)`; what is left over is cut off evenly, where
/// it is odd one more at the end. Errors while compiling: axis absent, extent larger than the axis, the batch axis.
template <class... To, detail::symbol_operand X>
constexpr auto crop(const X& x) {
  using At = detail::CropNodeAt<typename X::shape, void, To...>;
  using Refusal = detail::lifted_refusal<At>;
  static_assert(detail::call_keeps<Rule::batch_axis_cut, Refusal>, CLEAVE_SAYS_ROWS("crop"));
  static_assert(detail::accepted_besides<Refusal, Rule::batch_axis_cut>,
                "crop: expects axes of the operand, each at least as long as the part that is wanted");
  if constexpr (At::fault) {
    return x.refused();
  } else {
    return detail::crop_from<At, 0, To...>(x);
  }
}
/// The same from given offsets on, one an axis: `crop<H<20>, W<20>>(x, cleave::offset<2, 3>)`.
template <class... To, detail::symbol_operand X, extent... From>
constexpr auto crop(const X& x, Offset<From...> /*offsets*/) {
  static_assert(sizeof...(To) == sizeof...(From), "crop: expects one offset for each axis");
  using At = std::conditional_t<sizeof...(To) == sizeof...(From),
                                detail::CropNodeAt<typename X::shape, Offset<From...>, To...>,
                                detail::CropNodeAt<typename X::shape, void, To...>>;
  using Refusal = detail::lifted_refusal<At>;
  static_assert(detail::call_keeps<Rule::batch_axis_cut, Refusal>, CLEAVE_SAYS_ROWS("crop"));
  static_assert(detail::accepted_besides<Refusal, Rule::batch_axis_cut>,
                "crop: expects axes of the operand, each at least as long as its offset and the part that is wanted");
  if constexpr (At::fault) {
    return x.refused();
  } else {
    return detail::crop_from<At, 0, To...>(x);
  }
}

namespace detail {

template <class S, char Letter, int Count>
struct SplitAt {
  static constexpr extent size = S::dims.extent_of(Letter);
  static constexpr Fault judge() {
    if (!S::dims.has(Letter)) {
      return {Rule::axis_absent, "split", "", Letter, S::dims, {}};
    }
    if (Letter == batch_axis) {
      return {Rule::batch_axis_cut, "split", "", Letter, S::dims, {}};
    }
    return Count > 0 && size % (Count > 0 ? Count : 1) == 0
               ? Fault{}
               : Fault{Rule::not_divisible, "split", "", Letter, S::dims, {}};
  }
  static constexpr Fault fault = judge();
};

template <char Letter, extent Part, class X, int... At>
constexpr auto split_into(const X& x, std::integer_sequence<int, At...> /*pieces*/) {
  using Piece = decltype(call<Slice, SliceAt<Letter, 0, Part, 1>>(x));
  return Split<Piece, sizeof...(At)>{{call<Slice, SliceAt<Letter, At * Part, (At + 1) * Part, 1>>(x)...}};
}
template <class X, int... At>
constexpr auto split_refused(const X& x, std::integer_sequence<int, At...> /*pieces*/) {
  return Split<X, sizeof...(At)>{{(static_cast<void>(At), x.refused())...}};
}

} // namespace detail

/// `Count` equal pieces of a model's symbol along an axis, in order: `auto [a, b, c] = split<C, 3>(x)`. Errors while
/// compiling: axis absent, extent no multiple of `Count`, the batch axis.
template <template <extent> class Name, int Count, detail::symbol_operand X>
constexpr auto split(const X& x) {
  constexpr char letter = Name<1>::letter;
  using At = detail::SplitAt<typename X::shape, letter, Count>;
  using Refusal = detail::lifted_refusal<At>;
  using Numbers = std::make_integer_sequence<int, (Count > 0 ? Count : 1)>;
  static_assert(detail::call_keeps<Rule::batch_axis_cut, Refusal>, CLEAVE_SAYS_ROWS("split"));
  static_assert(detail::accepted_besides<Refusal, Rule::batch_axis_cut>,
                "split: expects an axis of the operand whose extent is a multiple of the number of pieces");
  if constexpr (At::fault) {
    return detail::split_refused(x, Numbers{});
  } else {
    return detail::split_into<letter, At::size / Count>(x, Numbers{});
  }
}

} // namespace cleave
