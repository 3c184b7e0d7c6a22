// SPDX-License-Identifier: Apache-2.0
// Exponentials, logarithms and the error function.
#pragma once

#include <cleave/ops/arithmetic.hpp>

namespace cleave {

/// e^x
struct Exp : ElementwiseOp {
  static constexpr FixedString name = "exp";
  static constexpr double flops = 10;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::exp(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy * at.y}; }
};
template <operand X>
constexpr auto exp(const X& x) {
  return apply<Exp>(x);
}

/// 2^x
struct Exp2 : ElementwiseOp {
  static constexpr FixedString name = "exp2";
  static constexpr double flops = 10;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::exp2(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy * (at.y * math::ln2)}; }
};
template <operand X>
constexpr auto exp2(const X& x) {
  return apply<Exp2>(x);
}

/// e^x - 1, exact also near 0
struct Expm1 : ElementwiseOp {
  static constexpr FixedString name = "expm1";
  static constexpr double flops = 10;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::expm1(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy * (at.y + 1)}; }
};
template <operand X>
constexpr auto expm1(const X& x) {
  return apply<Expm1>(x);
}

/// natural logarithm: -inf at 0, NaN below
struct Log : ElementwiseOp {
  static constexpr FixedString name = "log";
  static constexpr double flops = 10;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::log(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy / at.x(0)}; }
};
template <operand X>
constexpr auto log(const X& x) {
  return apply<Log>(x);
}

/// logarithm to base 2
struct Log2 : ElementwiseOp {
  static constexpr FixedString name = "log2";
  static constexpr double flops = 10;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::log2(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy / (at.x(0) * math::ln2)}; }
};
template <operand X>
constexpr auto log2(const X& x) {
  return apply<Log2>(x);
}

/// logarithm to base 10
struct Log10 : ElementwiseOp {
  static constexpr FixedString name = "log10";
  static constexpr double flops = 10;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::log10(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy / (at.x(0) * math::ln10)}; }
};
template <operand X>
constexpr auto log10(const X& x) {
  return apply<Log10>(x);
}

/// log(1 + x), exact also near 0
struct Log1p : ElementwiseOp {
  static constexpr FixedString name = "log1p";
  static constexpr double flops = 10;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::log1p(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy / (1 + at.x(0))}; }
};
template <operand X>
constexpr auto log1p(const X& x) {
  return apply<Log1p>(x);
}

/// error function
struct Erf : ElementwiseOp {
  static constexpr FixedString name = "erf";
  static constexpr double flops = 20;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::erf(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    return {at.dy * (1.12837916709551257390 * Value::apply<Exp>(-(at.x(0) * at.x(0))))};
  }
};
template <operand X>
constexpr auto erf(const X& x) {
  return apply<Erf>(x);
}

/// 1 - erf(x), exact also for large x
struct Erfc : ElementwiseOp {
  static constexpr FixedString name = "erfc";
  static constexpr double flops = 20;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::erfc(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    return {at.dy * (-1.12837916709551257390 * Value::apply<Exp>(-(at.x(0) * at.x(0))))};
  }
};
template <operand X>
constexpr auto erfc(const X& x) {
  return apply<Erfc>(x);
}

} // namespace cleave

CLEAVE_OP(cleave::Exp)
CLEAVE_OP(cleave::Exp2)
CLEAVE_OP(cleave::Expm1)
CLEAVE_OP(cleave::Log)
CLEAVE_OP(cleave::Log2)
CLEAVE_OP(cleave::Log10)
CLEAVE_OP(cleave::Log1p)
CLEAVE_OP(cleave::Erf)
CLEAVE_OP(cleave::Erfc)
