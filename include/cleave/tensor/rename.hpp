// SPDX-License-Identifier: Apache-2.0
// Views that change which axes there are: another letter, one more axis of one element, one less.
#pragma once

#include <cleave/shape/reshape.hpp>
#include <cleave/tensor/look.hpp>

namespace cleave {
namespace detail {

// Named rules for messages; `Op` is a text.
template <class Op, char Letter, class S>
concept axis_is_absent = !S::dims.has(Letter);
template <class Op, char From, char To, class S>
concept letter_is_free = From == To || !S::dims.has(To);
template <class Op, class S>
concept one_more_axis_fits = S::rank < max_rank;
template <class Op, char Letter, extent Size>
concept axis_has_one_element = Size == 1;

#define CLEAVE_RULES(RULE)                                                                                             \
  CLEAVE_RULES_OF_VIEWS(RULE, "rename")                                                                                \
  RULE("rename: the shape has no axis of the first letter", axis_is_present<void, From, S>)                            \
  RULE("rename: the shape has an axis of the second letter already", letter_is_free<void, From, To, S>)
CLEAVE_JUDGE(rename, CLEAVE_RULES, char From, char To, class X, class Source = std::remove_cvref_t<X>,
             class S = typename Source::shape, bool Known = refused_operand<Source>)
#undef CLEAVE_RULES

#define CLEAVE_RULES(RULE)                                                                                             \
  CLEAVE_RULES_OF_VIEWS(RULE, "insert_axis")                                                                           \
  CLEAVE_RULE_OF_STATIC_VIEWS(RULE, "insert_axis")                                                                     \
  RULE("insert_axis: the shape has an axis of that letter already", axis_is_absent<void, Letter, S>)                   \
  RULE("insert_axis: a shape has at most 6 axes", one_more_axis_fits<void, S>)
CLEAVE_JUDGE(insert_axis, CLEAVE_RULES, char Letter, class X, class Source = std::remove_cvref_t<X>,
             class S = typename Source::shape, bool Known = refused_operand<Source>)
#undef CLEAVE_RULES

#define CLEAVE_RULES(RULE)                                                                                             \
  CLEAVE_RULES_OF_VIEWS(RULE, "squeeze")                                                                               \
  RULE("squeeze: the shape has no axis of that letter", axis_is_present<void, Letter, S>)                              \
  RULE("squeeze: the axis has more than one element (or is dynamic); take one with slice first",                       \
       axis_has_one_element<void, Letter, S::dims.extent_of(Letter)>)
CLEAVE_JUDGE(squeeze, CLEAVE_RULES, char Letter, class X, class Source = std::remove_cvref_t<X>,
             class S = typename Source::shape, bool Known = refused_operand<Source>)
#undef CLEAVE_RULES

template <class S, class St, char From, char To>
struct RenameOf {
  static constexpr Strided value = renamed(strided_of<S, St>(), From, To);
};
template <class S, class St, char Letter>
struct InsertAxisOf {
  static constexpr Strided value = with_leading_axis(strided_of<S, St>(), Letter);
};
template <class S, class St, char Letter>
struct SqueezeOf {
  static constexpr Strided value = without_axis(strided_of<S, St>(), Letter);
};

} // namespace detail

/// One axis under another letter: `rename<C, O>(x)`; a view. Errors while compiling: the first letter absent, the
/// second present, `x` an expression or a temporary.
template <template <extent> class From, template <extent> class To, detail::viewable X>
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): X tells whether x is a temporary; a view only borrows it
[[nodiscard]] constexpr auto rename(X&& x) {
  using Source = std::remove_cvref_t<X>;
  detail::expect_rename<From<1>::letter, To<1>::letter, X>();
  if constexpr (detail::rename_is_right<From<1>::letter, To<1>::letter, X>()) {
    return detail::look<
        detail::RenameOf<typename Source::shape, typename Source::strides, From<1>::letter, To<1>::letter>>(x);
  } else {
    return Refused{};
  }
}

/// A new leading axis of one element: `insert_axis<T>(x)`; a view. Errors while compiling: axis present, more than 6
/// axes, `x` an expression or a temporary.
template <template <extent> class AxisName, detail::viewable X>
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): X tells whether x is a temporary; a view only borrows it
[[nodiscard]] constexpr auto insert_axis(X&& x) {
  using Source = std::remove_cvref_t<X>;
  detail::expect_insert_axis<AxisName<1>::letter, X>();
  if constexpr (detail::insert_axis_is_right<AxisName<1>::letter, X>()) {
    return detail::look<detail::InsertAxisOf<typename Source::shape, typename Source::strides, AxisName<1>::letter>>(x);
  } else {
    return Refused{};
  }
}

/// Without an axis of one element: `squeeze<T>(x)`; a view. Errors while compiling: axis absent or of more elements,
/// `x` an expression or a temporary.
template <template <extent> class AxisName, detail::viewable X>
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): X tells whether x is a temporary; a view only borrows it
[[nodiscard]] constexpr auto squeeze(X&& x) {
  using Source = std::remove_cvref_t<X>;
  detail::expect_squeeze<AxisName<1>::letter, X>();
  if constexpr (detail::squeeze_is_right<AxisName<1>::letter, X>()) {
    return detail::look<detail::SqueezeOf<typename Source::shape, typename Source::strides, AxisName<1>::letter>>(x);
  } else {
    return Refused{};
  }
}

} // namespace cleave
