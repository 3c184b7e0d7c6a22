// SPDX-License-Identifier: Apache-2.0
// Cutting and joining shapes along an axis. The concepts read as the rules they state, with what broke them.
#pragma once

#include <cleave/base/refuse.hpp>
#include <cleave/shape/shape.hpp>

namespace cleave {

/// As the end of a slice: as far as the direction goes, the last element included (with a negative step, the first).
inline constexpr extent to_end = __PTRDIFF_MAX__;

/// Where a crop begins, one number for each of its axes: `cleave::offset<2, 3>`.
template <extent... At>
struct Offset {};
template <extent... At>
inline constexpr Offset<At...> offset{};

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
  extent to = to_first ? -1 : end;
  to = to_last ? 0 : to;
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

/// `Op` is a text; `S` the shape that was given.
template <class Op, char Letter, class S>
concept axis_is_present = S::dims.has(Letter);

/// [Begin, End) along an axis of `Size` elements; a dynamic one is checked while running.
template <class Op, char Letter, extent Begin, extent End, extent Size>
concept range_is_inside = Begin >= 0 && Begin < End && (End <= Size || Size == dynamic);

/// Extents of two pieces along an axis other than the joined one; 0: the axis is not there, or not at that place.
template <class Op, char Letter, extent First, extent Other>
concept extents_are_equal = First == Other;

/// The first axis that keeps two shapes from being joined along another.
struct AxisMisfit {
  char letter = '\0'; ///< '\0': none
  extent first = 0;
  extent other = 0;
};

constexpr AxisMisfit concat_misfit(const Dims& first, const Dims& other, char along) {
  for (int i = 0; i < max_rank; ++i) {
    const char here = i < first.rank ? first.letters[i] : '\0';
    const char there = i < other.rank ? other.letters[i] : '\0';
    if (here == there && (here == along || here == '\0' || first.extents[i] == other.extents[i])) {
      continue;
    }
    if (here == there) {
      return {here, first.extents[i], other.extents[i]};
    }
    return here != '\0' ? AxisMisfit{here, first.extents[i], 0} : AxisMisfit{there, 0, other.extents[i]};
  }
  return {};
}

template <class... S>
constexpr AxisMisfit first_concat_misfit(char along) {
  const Dims dims[] = {S::dims...};
  for (const Dims& other : dims) {
    const AxisMisfit misfit = concat_misfit(dims[0], other, along);
    if (misfit.letter != '\0') {
      return misfit;
    }
  }
  return {};
}

template <class First, class... Rest>
struct first_type {
  using type = First;
};

// For callers that have checked.
template <class S, char Letter, extent Begin, extent End>
using sliced_t = replace_axis_t<S, Letter, Axis<Letter, (End > Begin ? End - Begin : 1)>>;
template <char Letter, class... S>
using joined_t =
    replace_axis_t<typename first_type<S...>::type, Letter, Axis<Letter, (S::dims.extent_of(Letter) + ...)>>;

#define CLEAVE_SAYS_SLICE_AXIS "slice_shape: the shape has no axis of that letter"
#define CLEAVE_SAYS_RANGE "slice_shape: expects 0 <= begin < end <= extent of the axis"
#define CLEAVE_SAYS_CONCAT_AXIS "concat_shape: a shape has no axis of that letter"
#define CLEAVE_SAYS_OTHER                                                                                              \
  "concat_shape: all axes but the joined one must be the same in all shapes, in the same order and with equal extents"

// clang-format off: attributes of one function, one a line
template <class S, char Letter, extent Begin, extent End, bool Present = S::dims.has(Letter),
          bool Fits = range_is_inside<void, Letter, Begin, End, S::dims.extent_of(Letter)>>
CLEAVE_REFUSES_IF(CLEAVE_SAYS_SLICE_AXIS, !Present)
CLEAVE_REFUSES_IF(CLEAVE_SAYS_RANGE, Present && !Fits)
constexpr auto make_slice_shape() {
  // clang-format on
  using Name [[maybe_unused]] = spelled<"slice_shape">;
  if constexpr (!Present) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_SLICE_AXIS, axis_is_present<Name, Letter, S>);
  } else if constexpr (!Fits) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_RANGE, range_is_inside<Name, Letter, Begin, End, S::dims.extent_of(Letter)>);
  }
  return sliced_t<S, Letter, Begin, End>{};
}

template <char Letter, class... S>
inline constexpr AxisMisfit misfit_of = first_concat_misfit<S...>(Letter);

// The last three arguments are for messages.
// clang-format off: attributes of one function, one a line
template <char Letter, class... S, char Axis = misfit_of<Letter, S...>.letter,
          extent First = misfit_of<Letter, S...>.first, extent Other = misfit_of<Letter, S...>.other>
CLEAVE_REFUSES_IF(CLEAVE_SAYS_CONCAT_AXIS, !(S::dims.has(Letter) && ...))
CLEAVE_REFUSES_IF(CLEAVE_SAYS_OTHER, (S::dims.has(Letter) && ...) && First != Other)
constexpr auto make_concat_shape(const S*... /*shapes*/) {
  // clang-format on
  using Name [[maybe_unused]] = spelled<"concat_shape">;
  if constexpr (!(S::dims.has(Letter) && ...)) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_CONCAT_AXIS, (axis_is_present<Name, Letter, S> && ...));
  } else if constexpr (First != Other) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_OTHER, extents_are_equal<Name, Axis, First, Other>);
  }
  return joined_t<Letter, S...>{};
}

#undef CLEAVE_SAYS_SLICE_AXIS
#undef CLEAVE_SAYS_RANGE
#undef CLEAVE_SAYS_CONCAT_AXIS
#undef CLEAVE_SAYS_OTHER

} // namespace detail

/// The shape of elements [Begin, End) along an axis. Errors while compiling: axis absent, range empty or outside.
template <class S, char Letter, extent Begin, extent End>
using slice_shape = decltype(detail::make_slice_shape<S, Letter, Begin, End>());

/// The shape of pieces joined along an axis. Errors while compiling: axis absent, other axes not the same.
template <char Letter, class... S>
using concat_shape = decltype(detail::make_concat_shape<Letter>(static_cast<const S*>(nullptr)...));

} // namespace cleave
