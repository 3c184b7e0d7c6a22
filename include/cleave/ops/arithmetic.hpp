// SPDX-License-Identifier: Apache-2.0
// Arithmetic. Integers (of tensors outside models) wrap around; dividing them by zero gives 0, as nothing may trap.
#pragma once

#include <cleave/base/math.hpp>
#include <cleave/ops/elementwise_op.hpp>

namespace cleave {

/// -x
struct Negate : ElementwiseOp {
  static constexpr FixedString name = "negate";
  static constexpr Linearity linearity = Linearity::joint;
  static constexpr Algebra algebra{.involution = true, .negates = true, .folds = true};
  static constexpr bool takes_integers = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T x) {
    if constexpr (std::is_floating_point_v<T>) {
      return -x;
    } else {
      return math::subtract(T(0), x);
    }
  }
  static constexpr Cotangents vjp(const Vjp& at);
};

/// a + b
struct Add : ElementwiseOp {
  static constexpr FixedString name = "add";
  static constexpr Linearity linearity = Linearity::joint;
  static constexpr Algebra algebra{.commutative = true, .subtracts = true, .folds = true, .left = 0, .right = 0};
  static constexpr const OpRule* with_negated_right();
  static constexpr bool takes_integers = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T a, T b) {
    return math::add(a, b);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy, at.dy}; }
};

/// a - b
struct Subtract : ElementwiseOp {
  static constexpr FixedString name = "sub";
  static constexpr Linearity linearity = Linearity::joint;
  static constexpr Algebra algebra{.subtracts = true, .folds = true, .right = 0};
  static constexpr const OpRule* with_negated_right();
  static constexpr bool takes_integers = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T a, T b) {
    return math::subtract(a, b);
  }
  static constexpr Cotangents vjp(const Vjp& at);
};

/// a * b, element by element
struct Multiply : ElementwiseOp {
  static constexpr FixedString name = "mul";
  static constexpr Linearity linearity = Linearity::each;
  static constexpr Algebra algebra{.commutative = true, .odd_in_each = true, .folds = true, .left = 1, .right = 1};
  static constexpr bool takes_integers = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T a, T b) {
    return math::multiply(a, b);
  }
  static constexpr Cotangents vjp(const Vjp& at);
};

/// a / b, element by element; integers lose the fraction
struct Divide : ElementwiseOp {
  static constexpr FixedString name = "div";
  static constexpr Linearity linearity = Linearity::first;
  static constexpr Algebra algebra{.odd_in_each = true, .folds = true, .right = 1};
  static constexpr bool takes_integers = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T a, T b) {
    return math::divide(a, b);
  }
  static constexpr Cotangents vjp(const Vjp& at);
};

// clang-format off
template <class A, class B> requires (operand<A> || operand<B>)
constexpr auto operator+(const A& a, const B& b) { return apply<Add>(a, b); }
template <class A, class B> requires (operand<A> || operand<B>)
constexpr auto operator-(const A& a, const B& b) { return apply<Subtract>(a, b); }
template <class A, class B> requires (operand<A> || operand<B>)
constexpr auto operator*(const A& a, const B& b) { return apply<Multiply>(a, b); }
template <class A, class B> requires (operand<A> || operand<B>)
constexpr auto operator/(const A& a, const B& b) { return apply<Divide>(a, b); }
template <operand X>
constexpr auto operator-(const X& x) { return apply<Negate>(x); }
// clang-format on

constexpr const OpRule* Add::with_negated_right() { return &rule<Subtract>; }
constexpr const OpRule* Subtract::with_negated_right() { return &rule<Add>; }

constexpr Cotangents Negate::vjp(const Vjp& at) { return {-at.dy}; }
constexpr Cotangents Subtract::vjp(const Vjp& at) { return {at.dy, -at.dy}; }
constexpr Cotangents Multiply::vjp(const Vjp& at) { return {at.dy * at.x(1), at.dy * at.x(0)}; }
constexpr Cotangents Divide::vjp(const Vjp& at) { return {at.dy / at.x(1), -(at.dy * at.y / at.x(1))}; }

/// a minus the whole multiple of b towards zero: it has the sign of a. NaN where b is 0; of integers, 0.
struct Fmod : ElementwiseOp {
  static constexpr FixedString name = "fmod";
  static constexpr bool takes_integers = true;
  static constexpr double flops = 10;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T a, T b) {
    return math::remainder(a, b);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy, at.dy * ((at.y - at.x(0)) / at.x(1))}; }
};
template <class A, class B>
  requires(operand<A> || operand<B>)
constexpr auto fmod(const A& a, const B& b) {
  return apply<Fmod>(a, b);
}

/// a minus the whole multiple of b downwards: it has the sign of b. NaN where b is 0; of integers, 0.
struct Modulo : ElementwiseOp {
  static constexpr FixedString name = "modulo";
  static constexpr bool takes_integers = true;
  static constexpr double flops = 10;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T a, T b) {
    return math::modulo(a, b);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy, at.dy * ((at.y - at.x(0)) / at.x(1))}; }
};
template <class A, class B>
  requires(operand<A> || operand<B>)
constexpr auto modulo(const A& a, const B& b) {
  return apply<Modulo>(a, b);
}

/// The sum of several operands.
template <class First, class... Rest>
  requires(operand<First> || ... || operand<Rest>)
constexpr auto add_n(const First& first, const Rest&... rest) {
  return (first + ... + rest);
}

} // namespace cleave

CLEAVE_OP(cleave::Negate)
CLEAVE_OP(cleave::Add)
CLEAVE_OP(cleave::Subtract)
CLEAVE_OP(cleave::Multiply)
CLEAVE_OP(cleave::Divide)
CLEAVE_OP(cleave::Fmod)
CLEAVE_OP(cleave::Modulo)
