// SPDX-License-Identifier: Apache-2.0
// x += y and its kin write into the elements of a tensor or through a view. Each is `x = x + y`: y may be broadcast to
// x by name, may be a number, and may read what is written, in any order. Errors while compiling: those of the
// operation, and a result that is no longer of x's shape. (Written out: a check in a macro hides the user's line, and
// so does one more call.)
#pragma once

#include <cleave/ops/arithmetic.hpp>
#include <cleave/tensor/tensor.hpp>

namespace cleave {
namespace detail {

// Names for messages at namespace scope: nvcc cannot pass on a pack of characters from a template's body.
using add_assign_text = text<'+', '='>;
using sub_assign_text = text<'-', '='>;
using mul_assign_text = text<'*', '='>;
using div_assign_text = text<'/', '='>;

/// Whether a result may be written where its left operand is. (What was refused has had its message; for clang it is
/// no operand at all.)
template <class Op, class Result, class T, class S, class D>
concept result_has_the_shape_of_the_left =
    !operand<Result> || refused_operand<Result> || assign_is_right<Result, T, S, D>();

} // namespace detail

// NOLINTBEGIN(bugprone-return-const-ref-from-parameter): views are handles, the elements are elsewhere
template <class T, class S, class D, class Y>
  requires(operand<Y> || detail::number<Y>)
Tensor<T, S, D>& operator+=(Tensor<T, S, D>& x, const Y& y) {
  using Made = decltype(apply<Add>(x, y));
  using Op = detail::add_assign_text;
  static_assert(detail::result_has_the_shape_of_the_left<Op, Made, T, S, D>,
                "+=: the right side has axes that the left side lacks; its result could not be written there");
  if constexpr (detail::assign_is_right<Made, T, S, D>()) {
    x = apply<Add>(x, y);
  }
  return x;
}

template <class T, class S, class D, class St, class Y>
  requires(operand<Y> || detail::number<Y>)
const View<T, S, D, St>& operator+=(const View<T, S, D, St>& x, const Y& y) {
  using Made = decltype(apply<Add>(x, y));
  using Op = detail::add_assign_text;
  static_assert(detail::result_has_the_shape_of_the_left<Op, Made, std::remove_const_t<T>, S, D>,
                "+=: the right side has axes that the left side lacks; its result could not be written there");
  if constexpr (detail::assign_is_right<Made, std::remove_const_t<T>, S, D>()) {
    x.assign(apply<Add>(x, y));
  }
  return x;
}

template <class T, class S, class D, class Y>
  requires(operand<Y> || detail::number<Y>)
Tensor<T, S, D>& operator-=(Tensor<T, S, D>& x, const Y& y) {
  using Made = decltype(apply<Subtract>(x, y));
  using Op = detail::sub_assign_text;
  static_assert(detail::result_has_the_shape_of_the_left<Op, Made, T, S, D>,
                "-=: the right side has axes that the left side lacks; its result could not be written there");
  if constexpr (detail::assign_is_right<Made, T, S, D>()) {
    x = apply<Subtract>(x, y);
  }
  return x;
}

template <class T, class S, class D, class St, class Y>
  requires(operand<Y> || detail::number<Y>)
const View<T, S, D, St>& operator-=(const View<T, S, D, St>& x, const Y& y) {
  using Made = decltype(apply<Subtract>(x, y));
  using Op = detail::sub_assign_text;
  static_assert(detail::result_has_the_shape_of_the_left<Op, Made, std::remove_const_t<T>, S, D>,
                "-=: the right side has axes that the left side lacks; its result could not be written there");
  if constexpr (detail::assign_is_right<Made, std::remove_const_t<T>, S, D>()) {
    x.assign(apply<Subtract>(x, y));
  }
  return x;
}

template <class T, class S, class D, class Y>
  requires(operand<Y> || detail::number<Y>)
Tensor<T, S, D>& operator*=(Tensor<T, S, D>& x, const Y& y) {
  using Made = decltype(apply<Multiply>(x, y));
  using Op = detail::mul_assign_text;
  static_assert(detail::result_has_the_shape_of_the_left<Op, Made, T, S, D>,
                "*=: the right side has axes that the left side lacks; its result could not be written there");
  if constexpr (detail::assign_is_right<Made, T, S, D>()) {
    x = apply<Multiply>(x, y);
  }
  return x;
}

template <class T, class S, class D, class St, class Y>
  requires(operand<Y> || detail::number<Y>)
const View<T, S, D, St>& operator*=(const View<T, S, D, St>& x, const Y& y) {
  using Made = decltype(apply<Multiply>(x, y));
  using Op = detail::mul_assign_text;
  static_assert(detail::result_has_the_shape_of_the_left<Op, Made, std::remove_const_t<T>, S, D>,
                "*=: the right side has axes that the left side lacks; its result could not be written there");
  if constexpr (detail::assign_is_right<Made, std::remove_const_t<T>, S, D>()) {
    x.assign(apply<Multiply>(x, y));
  }
  return x;
}

template <class T, class S, class D, class Y>
  requires(operand<Y> || detail::number<Y>)
Tensor<T, S, D>& operator/=(Tensor<T, S, D>& x, const Y& y) {
  using Made = decltype(apply<Divide>(x, y));
  using Op = detail::div_assign_text;
  static_assert(detail::result_has_the_shape_of_the_left<Op, Made, T, S, D>,
                "/=: the right side has axes that the left side lacks; its result could not be written there");
  if constexpr (detail::assign_is_right<Made, T, S, D>()) {
    x = apply<Divide>(x, y);
  }
  return x;
}

template <class T, class S, class D, class St, class Y>
  requires(operand<Y> || detail::number<Y>)
const View<T, S, D, St>& operator/=(const View<T, S, D, St>& x, const Y& y) {
  using Made = decltype(apply<Divide>(x, y));
  using Op = detail::div_assign_text;
  static_assert(detail::result_has_the_shape_of_the_left<Op, Made, std::remove_const_t<T>, S, D>,
                "/=: the right side has axes that the left side lacks; its result could not be written there");
  if constexpr (detail::assign_is_right<Made, std::remove_const_t<T>, S, D>()) {
    x.assign(apply<Divide>(x, y));
  }
  return x;
}
// NOLINTEND(bugprone-return-const-ref-from-parameter)

} // namespace cleave
