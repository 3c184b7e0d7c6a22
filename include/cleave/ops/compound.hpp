// SPDX-License-Identifier: Apache-2.0
// x += y and its kin write into the elements of a tensor or through a view. Each is `x = x + y`: y may be broadcast to
// x by name, may be a number, and may read what is written, in any order. Errors while compiling: those of the
// operation, and of assigning its result to x.
#pragma once

#include <cleave/ops/arithmetic.hpp>
#include <cleave/tensor/tensor.hpp>

namespace cleave {

// NOLINTBEGIN(bugprone-macro-parentheses): the argument is an operator
#define CLEAVE_COMPOUND(sign)                                                                                          \
  template <class T, class S, class D, class Y>                                                                        \
    requires(operand<Y> || detail::number<Y>)                                                                          \
  Tensor<T, S, D>& operator sign##=(Tensor<T, S, D>& x, const Y & y) {                                                 \
    return x = x sign y;                                                                                               \
  }                                                                                                                    \
  template <class T, class S, class D, class St, class Y>                                                              \
    requires(operand<Y> || detail::number<Y>)                                                                          \
  const View<T, S, D, St>& operator sign##=(const View<T, S, D, St>& x, const Y & y) {                                 \
    return x.assign(x sign y);                                                                                         \
  }                                                                                                                    \
  static_assert(true)
// NOLINTEND(bugprone-macro-parentheses)

CLEAVE_COMPOUND(+);
CLEAVE_COMPOUND(-);
CLEAVE_COMPOUND(*);
CLEAVE_COMPOUND(/);
#undef CLEAVE_COMPOUND

} // namespace cleave
