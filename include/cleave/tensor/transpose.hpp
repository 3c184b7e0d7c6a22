// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/shape/transpose.hpp>
#include <cleave/tensor/look.hpp>

namespace cleave {
namespace detail {

template <class S, char... Letter>
constexpr bool is_order() {
  constexpr char letters[] = {Letter..., '\0'};
  return is_order_of(S::dims, letters, sizeof...(Letter));
}
// Named rules for messages; `Op` is a text.
template <class Op, class S, char... Letter>
concept order_names_each_axis_once = sizeof...(Letter) == 0 || is_order<S, Letter...>();

#define CLEAVE_RULES(RULE)                                                                                             \
  CLEAVE_RULES_OF_VIEWS(RULE, "transpose")                                                                             \
  CLEAVE_RULE_OF_STATIC_VIEWS(RULE, "transpose")                                                                       \
  RULE("transpose: expects all axes of the shape in their new order, each once (none reverses them)",                  \
       order_names_each_axis_once<void, S, Letter...>)
CLEAVE_JUDGE(transpose, CLEAVE_RULES, class X, char... Letter, class Source = std::remove_cvref_t<X>,
             class S = typename Source::shape, bool Known = refused_operand<Source>)
#undef CLEAVE_RULES

template <class S, class St, char... Letter>
struct TransposeOf {
  static constexpr Letters order = sizeof...(Letter) == 0 ? reversed_letters(S::dims) : Letters{{Letter...}};
  static constexpr Strided value = transposed(strided_of<S, St>(), order.value);
};

} // namespace detail

/// The axes in another order, as a view with permuted strides: `transpose<C, N>(x)` names all of them, `transpose(x)`
/// reverses them. Errors while compiling: an axis absent, left out or named twice; `x` an expression or a temporary.
template <template <extent> class... AxisName, detail::viewable X>
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): X tells whether x is a temporary; a view only borrows it
[[nodiscard]] constexpr auto transpose(X&& x) {
  using Source = std::remove_cvref_t<X>;
  detail::expect_transpose<X, AxisName<1>::letter...>();
  if constexpr (detail::transpose_is_right<X, AxisName<1>::letter...>()) {
    return detail::look<detail::TransposeOf<typename Source::shape, typename Source::strides, AxisName<1>::letter...>>(
        x);
  } else {
    return Refused{};
  }
}

} // namespace cleave
