// SPDX-License-Identifier: Apache-2.0
// Powers, roots and magnitudes.
#pragma once

#include <cleave/ops/exponential.hpp>
#include <cleave/ops/rounding.hpp>
#include <cleave/ops/select.hpp>

namespace cleave {

/// magnitude; the derivative at 0 is 0. Of the smallest integer: itself
struct Abs : ElementwiseOp {
  static constexpr FixedString name = "abs";
  static constexpr bool takes_integers = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T x) {
    return math::abs(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy * sign(at.x(0))}; }
};
template <operand X>
constexpr auto abs(const X& x) {
  return apply<Abs>(x);
}

/// x * x
struct Square : ElementwiseOp {
  static constexpr FixedString name = "square";
  static constexpr bool takes_integers = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T x) {
    return math::multiply(x, x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy * (2 * at.x(0))}; }
};
template <operand X>
constexpr auto square(const X& x) {
  return apply<Square>(x);
}

/// 1 / x
struct Reciprocal : ElementwiseOp {
  static constexpr FixedString name = "reciprocal";
  static constexpr double flops = 4;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T x) {
    return 1 / x;
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {-(at.dy * (at.y * at.y))}; }
};
template <operand X>
constexpr auto reciprocal(const X& x) {
  return apply<Reciprocal>(x);
}

/// square root, NaN below 0; the derivative at 0 is infinite
struct Sqrt : ElementwiseOp {
  static constexpr FixedString name = "sqrt";
  static constexpr double flops = 4;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::sqrt(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy / (2 * at.y)}; }
};
template <operand X>
constexpr auto sqrt(const X& x) {
  return apply<Sqrt>(x);
}

/// 1 / sqrt(x)
struct Rsqrt : ElementwiseOp {
  static constexpr FixedString name = "rsqrt";
  static constexpr double flops = 8;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::rsqrt(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy * (-0.5 * (at.y * at.y * at.y))}; }
};
template <operand X>
constexpr auto rsqrt(const X& x) {
  return apply<Rsqrt>(x);
}

/// cube root, also of negative numbers; the derivative at 0 is infinite
struct Cbrt : ElementwiseOp {
  static constexpr FixedString name = "cbrt";
  static constexpr double flops = 10;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::cbrt(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy / (3 * (at.y * at.y))}; }
};
template <operand X>
constexpr auto cbrt(const X& x) {
  return apply<Cbrt>(x);
}

/// a^b, NaN where a is negative and b no whole number. a^0 does not depend on a, nor 0^b on b
struct Power : ElementwiseOp {
  static constexpr FixedString name = "power";
  static constexpr double flops = 20;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T a, T b) {
    return math::pow(a, b);
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    const Value a = at.x(0);
    const Value b = at.x(1);
    return {at.dy * Value::apply<Gate>(b, b * Value::apply<Power>(a, b - 1)),
            at.dy * Value::apply<Gate>(a, at.y * Value::apply<Log>(a))};
  }
};
template <class A, class B>
  requires(operand<A> || operand<B>)
constexpr auto power(const A& a, const B& b) {
  return apply<Power>(a, b);
}

/// sqrt(a^2 + b^2) without overflow; the derivative where both are 0 is NaN
struct Hypot : ElementwiseOp {
  static constexpr FixedString name = "hypot";
  static constexpr double flops = 10;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T a, T b) {
    return math::hypot(a, b);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy * (at.x(0) / at.y), at.dy * (at.x(1) / at.y)}; }
};
template <class A, class B>
  requires(operand<A> || operand<B>)
constexpr auto hypot(const A& a, const B& b) {
  return apply<Hypot>(a, b);
}

} // namespace cleave

CLEAVE_OP(cleave::Abs)
CLEAVE_OP(cleave::Square)
CLEAVE_OP(cleave::Reciprocal)
CLEAVE_OP(cleave::Sqrt)
CLEAVE_OP(cleave::Rsqrt)
CLEAVE_OP(cleave::Cbrt)
CLEAVE_OP(cleave::Power)
CLEAVE_OP(cleave::Hypot)
