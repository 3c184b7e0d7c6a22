// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/tensor/slice.hpp>

namespace cleave {
namespace detail {

#define CLEAVE_RULES(RULE)                                                                                             \
  CLEAVE_RULES_OF_VIEWS(RULE, "flip")                                                                                  \
  RULE("flip: the shape has no axis of that letter", axis_is_present<void, Letter, S>)                                 \
  RULE("flip: the axis is dynamic; take a part of static size with slice first", axis_is_static<void, Letter, S>)
CLEAVE_JUDGE(flip, CLEAVE_RULES, char Letter, class X, class Source = std::remove_cvref_t<X>,
             class S = typename Source::shape, bool Known = refused_operand<Source>)
#undef CLEAVE_RULES

} // namespace detail

/// The elements along an axis in reverse order, as a view with a negative stride: `flip<C>(x)`. Errors while compiling:
/// axis absent or dynamic, `x` an expression or a temporary.
template <template <extent> class AxisName, detail::viewable X>
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): X tells whether x is a temporary; a view only borrows it
[[nodiscard]] constexpr auto flip(X&& x) {
  detail::expect_flip<AxisName<1>::letter, X>();
  if constexpr (detail::flip_is_right<AxisName<1>::letter, X>()) {
    return detail::make_slice<AxisName<1>::letter, -1, to_end, -1>(x);
  } else {
    return Refused{};
  }
}

} // namespace cleave
