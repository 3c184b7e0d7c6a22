// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/shape/slice.hpp>
#include <cleave/tensor/look.hpp>

namespace cleave {
namespace detail {

#define CLEAVE_RULES(RULE) CLEAVE_RULES_OF_VIEWS(RULE, "slice") CLEAVE_RULES_OF_SLICES(RULE, "slice")
CLEAVE_JUDGE(slice, CLEAVE_RULES, char Letter, extent Begin, extent End, extent Step, class X,
             class Source = std::remove_cvref_t<X>, class S = typename Source::shape,
             bool Known = refused_operand<Source>)
#undef CLEAVE_RULES

template <char Letter, extent Begin, extent End, extent Step, class S, class St>
struct SliceOf {
  static constexpr SliceRange range = resolve_slice(Begin, End, Step, S::dims.extent_of(Letter));
  static constexpr Strided value = sliced(strided_of<S, St>(), Letter, range);
};

/// A dynamic axis of `rows` elements has what a range takes. Errors: throws Error where it has not.
constexpr void expect_rows(char letter, const SliceRange& range, extent rows) {
  const extent first = range.first < 0 ? rows + range.first : range.first;
  const extent last = first + (range.count - 1) * range.step;
  if (first < 0 || first >= rows || last < 0 || last >= rows) {
    fail("slice: elements %td to %td, both included, were asked for along axis %c, but there are %td", first, last,
         letter, rows);
  }
}

template <char Letter, extent Begin, extent End, extent Step, class X>
constexpr auto make_slice(X& x) {
  using Source = std::remove_const_t<X>;
  if constexpr (slice_is_right<Letter, Begin, End, Step, X&>()) {
    using S = typename Source::shape;
    using Of = SliceOf<Letter, Begin, End, Step, S, typename Source::strides>;
    if constexpr (S::dims.extent_of(Letter) == dynamic) {
      expect_rows(Letter, Of::range, x.rows());
      constexpr extent stride = Source::strides::values[S::dims.index_of(Letter)];
      auto* const first = x.data() + (Of::range.first < 0 ? x.rows() * stride : 0);
      return view_into<std::remove_pointer_t<decltype(x.data())>, shape_lifted<Of>, strides_lifted<Of>>(
          x, first + Of::value.offset);
    } else {
      return look<Of>(x);
    }
  } else {
    return Refused{};
  }
}

template <class Op, char Letter, extent Count, extent Size>
concept count_fits = Count >= 1 && (Count <= Size || Size == dynamic);
template <class Op, char Letter, class S>
concept axis_is_leading = S::rank > 0 && S::dims.letters[0] == Letter;

#define CLEAVE_RULES(RULE)                                                                                             \
  CLEAVE_RULES_OF_VIEWS(RULE, "slice")                                                                                 \
  RULE("slice: the shape has no axis of that letter", axis_is_present<void, Letter, S>)                                \
  RULE("slice: the axis has not as many elements; expects at least 1, at most its extent",                             \
       count_fits<void, Letter, Count, S::dims.extent_of(Letter)>)
CLEAVE_JUDGE(counted_slice, CLEAVE_RULES, char Letter, extent Count, class X, class Source = std::remove_cvref_t<X>,
             class S = typename Source::shape, bool Known = refused_operand<Source>)
#undef CLEAVE_RULES

#define CLEAVE_RULES(RULE)                                                                                             \
  CLEAVE_RULES_OF_VIEWS(RULE, "slice")                                                                                 \
  RULE("slice: the shape has no axis of that letter", axis_is_present<void, Letter, S>)                                \
  RULE("slice: only the leading axis may have a dynamic extent; take a static number of elements with "                \
       "slice<C, Count>(x, begin)",                                                                                    \
       axis_is_leading<void, Letter, S>)
CLEAVE_JUDGE(dynamic_slice, CLEAVE_RULES, char Letter, class X, class Source = std::remove_cvref_t<X>,
             class S = typename Source::shape, bool Known = refused_operand<Source>)
#undef CLEAVE_RULES

/// Elements along an axis, counted while running where that is dynamic.
template <char Letter, class X>
constexpr extent count_along(const X& x) {
  constexpr extent count = X::shape::dims.extent_of(Letter);
  return count == dynamic ? x.rows() : count;
}

template <char Letter, extent Count, class X>
constexpr auto make_counted_slice(X& x, extent begin) {
  using Source = std::remove_const_t<X>;
  if constexpr (counted_slice_is_right<Letter, Count, X&>()) {
    using S = typename Source::shape;
    using St = typename Source::strides;
    const extent size = count_along<Letter>(x);
    if (begin < 0 || begin > size - Count) {
      fail("slice: %td elements from %td on along axis %c were asked for, but there are %td", Count, begin, Letter,
           size);
    }
    constexpr extent stride = St::values[S::dims.index_of(Letter)];
    return view_into<std::remove_pointer_t<decltype(x.data())>, replace_axis_t<S, Letter, Axis<Letter, Count>>, St>(
        x, x.data() + begin * stride);
  } else {
    return Refused{};
  }
}

template <char Letter, class X>
constexpr auto make_dynamic_slice(X& x, extent begin, extent end) {
  using Source = std::remove_const_t<X>;
  if constexpr (dynamic_slice_is_right<Letter, X&>()) {
    using S = typename Source::shape;
    using St = typename Source::strides;
    const extent last = end == to_end ? x.rows() : end;
    if (begin < 0 || begin > last || last > x.rows()) {
      fail("slice: [%td, %td) along axis %c was asked for, but expects 0 <= begin <= end <= %td", begin, end, Letter,
           x.rows());
    }
    using Part = View<std::remove_pointer_t<decltype(x.data())>, replace_axis_t<S, Letter, Axis<Letter, dynamic>>,
                      typename Source::device, St>;
    return Part(x.data() + begin * St::values[0], last - begin);
  } else {
    return Refused{};
  }
}

} // namespace detail

/// Elements [Begin, End) along an axis, every `Step`-th, as a view: `slice<N, 0, 32>(x)`, or `slice<'N', 0, 32>(x)`.
/// Bounds are Python's: negative ones count from the end, `to_end` is as far as the direction goes, and with a negative
/// step elements are taken backwards from Begin on. Other than Python, bounds outside the axis are not clamped but
/// refused, and so are empty ranges. `x` is a tensor that has a name, or a view. Errors while compiling: axis absent,
/// step 0, range empty or outside, `x` an expression or a temporary. Along a dynamic axis the range is checked while
/// running: throws Error.
template <template <extent> class AxisName, extent Begin, extent End, extent Step = 1, detail::viewable X>
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): X tells whether x is a temporary; a view only borrows it
[[nodiscard]] constexpr auto slice(X&& x) {
  detail::expect_slice<AxisName<1>::letter, Begin, End, Step, X>();
  return detail::make_slice<AxisName<1>::letter, Begin, End, Step>(x);
}
template <char Letter, extent Begin, extent End, extent Step = 1, detail::viewable X>
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): X tells whether x is a temporary; a view only borrows it
[[nodiscard]] constexpr auto slice(X&& x) {
  detail::expect_slice<Letter, Begin, End, Step, X>();
  return detail::make_slice<Letter, Begin, End, Step>(x);
}

/// `Count` elements along an axis from `begin` on, which is known only while running: a view of static shape. Errors:
/// as above while compiling; throws Error where begin < 0 or begin + Count is more than there are.
template <template <extent> class AxisName, extent Count, detail::viewable X>
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): X tells whether x is a temporary; a view only borrows it
[[nodiscard]] constexpr auto slice(X&& x, extent begin) {
  detail::expect_counted_slice<AxisName<1>::letter, Count, X>();
  return detail::make_counted_slice<AxisName<1>::letter, Count>(x, begin);
}

/// Elements [begin, end) along the leading axis, both known only while running: a view whose leading extent is dynamic
/// and may be 0. `end` may be `to_end`. Errors: as above while compiling; throws Error unless 0 <= begin <= end <=
/// rows.
template <template <extent> class AxisName, detail::viewable X>
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): X tells whether x is a temporary; a view only borrows it
[[nodiscard]] constexpr auto slice(X&& x, extent begin, extent end) {
  detail::expect_dynamic_slice<AxisName<1>::letter, X>();
  return detail::make_dynamic_slice<AxisName<1>::letter>(x, begin, end);
}

} // namespace cleave
