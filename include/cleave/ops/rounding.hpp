// SPDX-License-Identifier: Apache-2.0
// Steps: their derivative is 0 wherever it exists, so nothing flows back.
#pragma once

#include <cleave/base/math.hpp>
#include <cleave/ops/elementwise_op.hpp>

namespace cleave {

/// the largest whole number that is at most x
struct Floor : ElementwiseOp {
  static constexpr FixedString name = "floor";
  static constexpr bool stops_gradient = true;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::floor(x);
  }
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
};
template <operand X>
constexpr auto floor(const X& x) {
  return apply<Floor>(x);
}

/// the smallest whole number that is at least x
struct Ceil : ElementwiseOp {
  static constexpr FixedString name = "ceil";
  static constexpr bool stops_gradient = true;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::ceil(x);
  }
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
};
template <operand X>
constexpr auto ceil(const X& x) {
  return apply<Ceil>(x);
}

/// x without its fraction
struct Trunc : ElementwiseOp {
  static constexpr FixedString name = "trunc";
  static constexpr bool stops_gradient = true;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::trunc(x);
  }
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
};
template <operand X>
constexpr auto trunc(const X& x) {
  return apply<Trunc>(x);
}

/// the nearest whole number; halves go away from zero
struct Round : ElementwiseOp {
  static constexpr FixedString name = "round";
  static constexpr bool stops_gradient = true;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::round(x);
  }
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
};
template <operand X>
constexpr auto round(const X& x) {
  return apply<Round>(x);
}

/// the nearest whole number; halves go down, as in MXNet
struct Rint : ElementwiseOp {
  static constexpr FixedString name = "rint";
  static constexpr bool stops_gradient = true;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::rint_down(x);
  }
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
};
template <operand X>
constexpr auto rint(const X& x) {
  return apply<Rint>(x);
}

/// Another name of trunc.
template <operand X>
constexpr auto fix(const X& x) {
  return apply<Trunc>(x);
}

/// 1, 0 or -1; NaN stays NaN
struct Sign : ElementwiseOp {
  static constexpr FixedString name = "sign";
  static constexpr bool takes_integers = true;
  static constexpr bool stops_gradient = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T x) {
    if (x < 0) {
      return static_cast<T>(-1);
    }
    return x > 0 ? T(1) : x;
  }
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
};
template <operand X>
constexpr auto sign(const X& x) {
  return apply<Sign>(x);
}

} // namespace cleave

CLEAVE_OP(cleave::Floor)
CLEAVE_OP(cleave::Ceil)
CLEAVE_OP(cleave::Trunc)
CLEAVE_OP(cleave::Round)
CLEAVE_OP(cleave::Rint)
CLEAVE_OP(cleave::Sign)
