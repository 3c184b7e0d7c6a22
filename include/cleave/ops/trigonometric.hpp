// SPDX-License-Identifier: Apache-2.0
// Angles.
#pragma once

#include <cleave/ops/power.hpp>

namespace cleave {

/// sine of an angle in radians
struct Sin : ElementwiseOp {
  static constexpr FixedString name = "sin";
  static constexpr double flops = 15;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::sin(x);
  }
  static constexpr Cotangents vjp(const Vjp& at);
};
template <operand X>
constexpr auto sin(const X& x) {
  return apply<Sin>(x);
}

/// cosine of an angle in radians
struct Cos : ElementwiseOp {
  static constexpr FixedString name = "cos";
  static constexpr double flops = 15;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::cos(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {-(at.dy * sin(at.x(0)))}; }
};
template <operand X>
constexpr auto cos(const X& x) {
  return apply<Cos>(x);
}

constexpr Cotangents Sin::vjp(const Vjp& at) { return {at.dy * cos(at.x(0))}; }

/// tangent of an angle in radians
struct Tan : ElementwiseOp {
  static constexpr FixedString name = "tan";
  static constexpr double flops = 20;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::tan(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy * (1 + at.y * at.y)}; }
};
template <operand X>
constexpr auto tan(const X& x) {
  return apply<Tan>(x);
}

/// the angle in [-pi/2, pi/2] whose sine is x; NaN outside [-1, 1]
struct Asin : ElementwiseOp {
  static constexpr FixedString name = "asin";
  static constexpr double flops = 20;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::asin(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy * rsqrt((1 - at.x(0)) * (1 + at.x(0)))}; }
};
template <operand X>
constexpr auto asin(const X& x) {
  return apply<Asin>(x);
}

/// the angle in [0, pi] whose cosine is x; NaN outside [-1, 1]
struct Acos : ElementwiseOp {
  static constexpr FixedString name = "acos";
  static constexpr double flops = 20;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::acos(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {-(at.dy * rsqrt((1 - at.x(0)) * (1 + at.x(0))))}; }
};
template <operand X>
constexpr auto acos(const X& x) {
  return apply<Acos>(x);
}

/// the angle in [-pi/2, pi/2] whose tangent is x
struct Atan : ElementwiseOp {
  static constexpr FixedString name = "atan";
  static constexpr double flops = 20;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::atan(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy / (1 + at.x(0) * at.x(0))}; }
};
template <operand X>
constexpr auto atan(const X& x) {
  return apply<Atan>(x);
}

/// the angle of the point (b, a), in [-pi, pi]
struct Atan2 : ElementwiseOp {
  static constexpr FixedString name = "atan2";
  static constexpr double flops = 25;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T a, T b) {
    return math::atan2(a, b);
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    const Value a = at.x(0);
    const Value b = at.x(1);
    const Value radius = hypot(a, b); // not squared, which might overflow
    return {at.dy * (b / radius / radius), -(at.dy * (a / radius / radius))};
  }
};
template <class A, class B>
  requires(operand<A> || operand<B>)
constexpr auto atan2(const A& a, const B& b) {
  return apply<Atan2>(a, b);
}

} // namespace cleave

CLEAVE_OP(cleave::Sin)
CLEAVE_OP(cleave::Cos)
CLEAVE_OP(cleave::Tan)
CLEAVE_OP(cleave::Asin)
CLEAVE_OP(cleave::Acos)
CLEAVE_OP(cleave::Atan)
CLEAVE_OP(cleave::Atan2)
