// SPDX-License-Identifier: Apache-2.0
// Cutting a shape along an axis. The concepts read as the rules they state, with what broke them.
#pragma once

#include <cleave/base/refuse.hpp>
#include <cleave/shape/strided.hpp>

namespace cleave {

/// As the end of a slice: as far as the direction goes, the last element included (with a negative step, the first).
inline constexpr extent to_end = __PTRDIFF_MAX__;

namespace detail {

enum class SliceFault : unsigned char { none, zero_step, unknown_count, outside, empty };

/// What a slice takes: `count` elements from `first` on, `step` apart. Along a dynamic axis, a negative `first` counts
/// from the end.
struct SliceRange {
  SliceFault fault = SliceFault::none;
  extent first = 0;
  extent count = 0;
  extent step = 1;
};

/// Python's begin:end:step along an axis of `size` elements, without Python's clamping. Along a dynamic axis begin and
/// end must count from the same side, or their distance would not be known.
constexpr SliceRange resolve_slice(extent begin, extent end, extent step, extent size) {
  if (step == 0) {
    return {SliceFault::zero_step};
  }
  const bool to_last = end == to_end && step > 0;
  const bool to_first = end == to_end && step < 0;
  const bool begin_from_back = begin < 0;
  const bool end_from_back = to_last || (end < 0 && !to_first);
  extent from = begin;
  extent to = to_last ? 0 : end;
  to = to_first ? -1 : to;
  if (size == dynamic) {
    if (begin_from_back != end_from_back) {
      return {SliceFault::unknown_count};
    }
  } else {
    from += begin_from_back ? size : 0;
    to += end_from_back ? size : 0;
    const bool inside = step > 0 ? from >= 0 && to >= 0 && to <= size && from <= size
                                 : from >= 0 && from < size && (to_first || (to >= 0 && to < size));
    if (!inside) {
      return {SliceFault::outside};
    }
  }
  if (step > 0 ? from >= to : from <= to) {
    return {SliceFault::empty};
  }
  const extent count = 1 + (step > 0 ? (to - 1 - from) / step : (to + 1 - from) / step);
  return {SliceFault::none, from, count, count == 1 ? 1 : step};
}

/// The geometry of a slice. Along a dynamic axis the offset is that of `first`, which may count from the end.
constexpr Strided sliced(Strided x, char letter, const SliceRange& range) {
  const int axis = x.dims.index_of(letter);
  x.offset += range.first * x.strides[axis];
  x.dims.extents[axis] = range.count;
  x.strides[axis] *= range.step;
  return x;
}

template <extent Begin, extent End, extent Step, extent Size>
inline constexpr SliceRange slice_range = resolve_slice(Begin, End, Step, Size);

// Named rules for messages; `Op` is a text.
template <class Op, extent Step>
concept step_is_not_zero = Step != 0;
template <class Op, char Letter, extent Begin, extent End, extent Step, extent Size>
concept count_is_known = slice_range<Begin, End, Step, Size>.fault != SliceFault::unknown_count;
template <class Op, char Letter, extent Begin, extent End, extent Step, extent Size>
concept range_is_inside = slice_range<Begin, End, Step, Size>.fault != SliceFault::outside;
template <class Op, char Letter, extent Begin, extent End, extent Step, extent Size>
concept range_is_not_empty = slice_range<Begin, End, Step, Size>.fault != SliceFault::empty;

// Expects the names Letter, Begin, End, Step and S.
#define CLEAVE_RULES_OF_SLICES(RULE, op)                                                                               \
  RULE(op ": the shape has no axis of that letter", axis_is_present<void, Letter, S>)                                  \
  RULE(op ": a step of 0 goes nowhere; expects a positive or a negative number", step_is_not_zero<void, Step>)         \
  RULE(op ": begin and end count from different sides of a dynamic axis; count both from one side, or take a "         \
          "dynamic number of elements with slice<N>(x, begin, end)",                                                   \
       count_is_known<void, Letter, Begin, End, Step, S::dims.extent_of(Letter)>)                                      \
  RULE(op ": begin or end is outside the axis; bounds are not clamped (negative ones count from the end, to_end is "   \
          "the end)",                                                                                                  \
       range_is_inside<void, Letter, Begin, End, Step, S::dims.extent_of(Letter)>)                                     \
  RULE(op ": the range is empty; expects begin before end in the direction of the step",                               \
       range_is_not_empty<void, Letter, Begin, End, Step, S::dims.extent_of(Letter)>)

#define CLEAVE_RULES(RULE) CLEAVE_RULES_OF_SLICES(RULE, "slice_shape")
template <class S, char Letter, extent Begin, extent End, extent Step, bool Known = false>
CLEAVE_RULES(CLEAVE_REFUSAL)
constexpr auto make_slice_shape() {
  CLEAVE_RULES(CLEAVE_ASSERTION) {}
  constexpr SliceRange range = resolve_slice(Begin, End, Step, S::dims.extent_of(Letter));
  constexpr extent count = range.fault == SliceFault::none ? range.count : 1;
  return replace_axis_t<S, Letter, Axis<Letter, count>>{};
}
#undef CLEAVE_RULES

} // namespace detail

/// The shape of elements [Begin, End), every `Step`-th, along an axis; bounds are those of `slice`. Errors while
/// compiling: axis absent, step 0, range empty or outside.
template <class S, char Letter, extent Begin, extent End, extent Step = 1>
using slice_shape = decltype(detail::make_slice_shape<S, Letter, Begin, End, Step>());

} // namespace cleave
