// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/ops/power.hpp>

namespace cleave {

/// hyperbolic sine
struct Sinh : ElementwiseOp {
  static constexpr FixedString name = "sinh";
  static constexpr double flops = 15;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::sinh(x);
  }
  static constexpr Cotangents vjp(const Vjp& at);
};
template <operand X>
constexpr auto sinh(const X& x) {
  return apply<Sinh>(x);
}

/// hyperbolic cosine
struct Cosh : ElementwiseOp {
  static constexpr FixedString name = "cosh";
  static constexpr double flops = 15;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::cosh(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy * sinh(at.x(0))}; }
};
template <operand X>
constexpr auto cosh(const X& x) {
  return apply<Cosh>(x);
}

constexpr Cotangents Sinh::vjp(const Vjp& at) { return {at.dy * cosh(at.x(0))}; }

/// hyperbolic tangent
struct Tanh : ElementwiseOp {
  static constexpr FixedString name = "tanh";
  static constexpr double flops = 10;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::tanh(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy * (1 - at.y * at.y)}; }
};
template <operand X>
constexpr auto tanh(const X& x) {
  return apply<Tanh>(x);
}

/// inverse of sinh
struct Asinh : ElementwiseOp {
  static constexpr FixedString name = "asinh";
  static constexpr double flops = 20;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::asinh(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy / hypot(at.x(0), 1)}; }
};
template <operand X>
constexpr auto asinh(const X& x) {
  return apply<Asinh>(x);
}

/// inverse of cosh on [1, inf); NaN below 1
struct Acosh : ElementwiseOp {
  static constexpr FixedString name = "acosh";
  static constexpr double flops = 20;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::acosh(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy * (rsqrt(at.x(0) - 1) * rsqrt(at.x(0) + 1))}; }
};
template <operand X>
constexpr auto acosh(const X& x) {
  return apply<Acosh>(x);
}

/// inverse of tanh on (-1, 1); infinite at its ends
struct Atanh : ElementwiseOp {
  static constexpr FixedString name = "atanh";
  static constexpr double flops = 20;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::atanh(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy / ((1 - at.x(0)) * (1 + at.x(0)))}; }
};
template <operand X>
constexpr auto atanh(const X& x) {
  return apply<Atanh>(x);
}

} // namespace cleave

CLEAVE_OP(cleave::Sinh)
CLEAVE_OP(cleave::Cosh)
CLEAVE_OP(cleave::Tanh)
CLEAVE_OP(cleave::Asinh)
CLEAVE_OP(cleave::Acosh)
CLEAVE_OP(cleave::Atanh)
