// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/shape/reshape.hpp>
#include <cleave/tensor/look.hpp>

namespace cleave {
namespace detail {

template <class... To>
constexpr extent count_of_axes() {
  if constexpr ((is_axis<To> && ...)) {
    return count_elements<To...>();
  } else {
    return 0;
  }
}
template <class S, class... To>
constexpr bool rows_are_kept() {
  if constexpr ((is_axis<To> && ...)) {
    return keeps_rows(S::dims, make_dims<To...>());
  } else {
    return false;
  }
}
template <class... To>
constexpr bool extents_are_static() {
  if constexpr ((is_axis<To> && ...)) {
    return ((To::size > 0) && ...);
  } else {
    return false;
  }
}

// Named rules for messages; `Op` is a text.
template <class Op, class... To>
concept axes_are_static = extents_are_static<To...>();
template <class Op, class S, class St>
concept elements_are_contiguous = is_contiguous<S, St>;
template <class Op, extent From, extent To>
concept counts_are_equal = From == To;
template <class Op, class S, class... To>
concept rows_stay_rows = rows_are_kept<S, To...>();

#define CLEAVE_RULES(RULE)                                                                                             \
  CLEAVE_RULES_OF_VIEWS(RULE, "reshape")                                                                               \
  CLEAVE_RULE_OF_STATIC_VIEWS(RULE, "reshape")                                                                         \
  RULE("reshape: expects the axes of the result, such as reshape<N<64>, C<784>>(x)", only_axes<void, To...>)           \
  RULE("reshape: expects at most 6 axes, no letter twice", axes_make_a_shape<void, To...>)                             \
  RULE("reshape: expects static extents", axes_are_static<void, To...>)                                                \
  RULE("reshape: the number of elements must stay the same", counts_are_equal<void, S::size, Count>)                   \
  RULE("reshape: rows must stay rows, so the batch axis N keeps its extent and the number of elements before it; to "  \
       "fold it into another axis, rename it first: rename<N, B>(x)",                                                  \
       rows_stay_rows<void, S, To...>)                                                                                 \
  RULE("reshape: the elements do not lie one after another in row-major order; evaluate into a tensor first",          \
       elements_are_contiguous<void, S, typename Source::strides>)
CLEAVE_JUDGE(reshape, CLEAVE_RULES, class X, class... To, class Source = std::remove_cvref_t<X>,
             class S = typename Source::shape, extent Count = count_of_axes<To...>(),
             bool Known = refused_operand<Source>)
#undef CLEAVE_RULES

template <class... To>
struct ReshapeOf {
  static constexpr Strided value = reshaped(make_dims<To...>());
};

template <class S, class St, char Letter>
struct FlattenOf {
  static constexpr Strided value = flattened(strided_of<S, St>(), Letter);
};

template <class Op, class S, class St>
concept elements_are_evenly_spaced = FlattenOf<S, St, 'C'>::value.dims.rank > 0;
template <class Op, char Letter>
concept axis_is_not_the_batch = Letter != batch_axis;

#define CLEAVE_RULES(RULE)                                                                                             \
  CLEAVE_RULES_OF_VIEWS(RULE, "flatten")                                                                               \
  CLEAVE_RULE_OF_STATIC_VIEWS(RULE, "flatten")                                                                         \
  RULE("flatten: the batch axis N stays by itself; name another axis for the rest, such as flatten<C>(x)",             \
       axis_is_not_the_batch<void, Letter>)                                                                            \
  RULE("flatten: the elements of a row are not evenly spaced; evaluate into a tensor with N as its first axis first",  \
       elements_are_evenly_spaced<void, S, typename Source::strides>)
CLEAVE_JUDGE(flatten, CLEAVE_RULES, char Letter, class X, class Source = std::remove_cvref_t<X>,
             class S = typename Source::shape, bool Known = refused_operand<Source>)
#undef CLEAVE_RULES

} // namespace detail

/// The same elements, in row-major order, with other axes: `reshape<N<64>, C<784>>(x)`; a view. Rows stay rows: where x
/// has the axis N, the result has N with the same extent and as many elements before it. Errors while compiling:
/// another number of elements, N folded away, elements that do not lie one after another, `x` an expression or a
/// temporary.
template <class... To, detail::viewable X>
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): X tells whether x is a temporary; a view only borrows it
[[nodiscard]] constexpr auto reshape(X&& x) {
  detail::expect_reshape<X, To...>();
  if constexpr (detail::reshape_is_right<X, To...>()) {
    return detail::look<detail::ReshapeOf<To...>>(x);
  } else {
    return Refused{};
  }
}

/// All axes but N as one axis, which comes last: `flatten<C>(x)` of Shape<N<64>, H<28>, W<28>> has the shape
/// Shape<N<64>, C<784>>; a view. Errors while compiling: elements of a row that are not evenly spaced, N itself named,
/// `x` an expression or a temporary.
template <template <extent> class AxisName, detail::viewable X>
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): X tells whether x is a temporary; a view only borrows it
[[nodiscard]] constexpr auto flatten(X&& x) {
  using Source = std::remove_cvref_t<X>;
  detail::expect_flatten<AxisName<1>::letter, X>();
  if constexpr (detail::flatten_is_right<AxisName<1>::letter, X>()) {
    return detail::look<detail::FlattenOf<typename Source::shape, typename Source::strides, AxisName<1>::letter>>(x);
  } else {
    return Refused{};
  }
}

} // namespace cleave
