// SPDX-License-Identifier: Apache-2.0
// Activations without kinks.
#pragma once

#include <cleave/ops/exponential.hpp>
#include <cleave/ops/hyperbolic.hpp>

namespace cleave {

/// 1 / (1 + exp(-x)); y' = y (1 - y)
struct Sigmoid : ElementwiseOp {
  static constexpr FixedString name = "sigmoid";
  static constexpr double flops = 10;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::sigmoid(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy * (at.y * (1 - at.y))}; }
};
template <operand X>
constexpr auto sigmoid(const X& x) {
  return apply<Sigmoid>(x);
}

/// log(1 + e^x), without overflow
struct Softplus : ElementwiseOp {
  static constexpr FixedString name = "softplus";
  static constexpr double flops = 20;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::softplus(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy * sigmoid(at.x(0))}; }
};
template <operand X>
constexpr auto softplus(const X& x) {
  return apply<Softplus>(x);
}

/// MXNet's name of softplus.
template <operand X>
constexpr auto softrelu(const X& x) {
  return apply<Softplus>(x);
}

/// log(sigmoid(x)), exact also for large negative x
struct LogSigmoid : ElementwiseOp {
  static constexpr FixedString name = "log_sigmoid";
  static constexpr double flops = 20;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return -math::softplus(-x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy * sigmoid(-at.x(0))}; }
};
template <operand X>
constexpr auto log_sigmoid(const X& x) {
  return apply<LogSigmoid>(x);
}

/// x sigmoid(x); 0 at -inf
struct Silu : ElementwiseOp {
  static constexpr FixedString name = "silu";
  static constexpr double flops = 11;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    const T gate = math::sigmoid(x);
    return gate == 0 ? T(0) : x * gate;
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    const Value gate = sigmoid(at.x(0));
    return {at.dy * (gate + at.y * (1 - gate))};
  }
};
template <operand X>
constexpr auto silu(const X& x) {
  return apply<Silu>(x);
}

/// x times the normal cumulative function of x: D. Hendrycks, K. Gimpel, "Gaussian error linear units", 2016; 0 at -inf
struct Gelu : ElementwiseOp {
  static constexpr FixedString name = "gelu";
  static constexpr double flops = 22;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::gelu(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    const Value x = at.x(0);
    const Value gate = 0.5 * erfc(x * -0.70710678118654752440);
    const Value density = 0.39894228040143267794 * exp(-0.5 * (x * x));
    return {at.dy * (gate + x * density)};
  }
};
template <operand X>
constexpr auto gelu(const X& x) {
  return apply<Gelu>(x);
}

/// the usual approximation of gelu: x (1 + tanh(u)) / 2 with u = sqrt(2 / pi) (x + 0.044715 x^3)
struct GeluTanh : ElementwiseOp {
  static constexpr FixedString name = "gelu_tanh";
  static constexpr double twice_slope = 1.59576912160573071176; // (1 + tanh(u)) / 2 = sigmoid(2 u)
  static constexpr double cubic = 0.044715;
  static constexpr double flops = 16;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    const T gate = math::sigmoid(x * (T(twice_slope) + T(twice_slope * cubic) * x * x));
    return gate == 0 ? T(0) : x * gate;
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    const Value x = at.x(0);
    const Value square = x * x;
    const Value gate = sigmoid(x * (twice_slope + twice_slope * cubic * square));
    const Value steepness = twice_slope + 3 * twice_slope * cubic * square;
    return {at.dy * (gate + x * gate * (1 - gate) * steepness)};
  }
};
template <operand X>
constexpr auto gelu_tanh(const X& x) {
  return apply<GeluTanh>(x);
}

/// x tanh(softplus(x)): D. Misra, "Mish", 2019; 0 at -inf
struct Mish : ElementwiseOp {
  static constexpr FixedString name = "mish";
  static constexpr double flops = 32;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    const T gate = math::tanh(math::softplus(x));
    return gate == 0 ? T(0) : x * gate;
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    const Value x = at.x(0);
    const Value gate = tanh(softplus(x));
    return {at.dy * (gate + x * (1 - gate * gate) * sigmoid(x))};
  }
};
template <operand X>
constexpr auto mish(const X& x) {
  return apply<Mish>(x);
}

/// c tanh(x / c): within (-c, c), and nearly x near 0
struct Softcap : ElementwiseOp {
  static constexpr FixedString name = "softcap";
  static constexpr double flops = 12;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x, T c) {
    return c * math::tanh(x / c);
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    const Value ratio = at.x(0) / at.x(1);
    const Value bent = tanh(ratio);
    const Value slope = 1 - bent * bent;
    return {at.dy * slope, at.dy * (bent - ratio * slope)};
  }
};
template <class X, class C>
  requires(operand<X> || operand<C>)
constexpr auto softcap(const X& x, const C& c) {
  return apply<Softcap>(x, c);
}

} // namespace cleave

CLEAVE_OP(cleave::Sigmoid)
CLEAVE_OP(cleave::Softplus)
CLEAVE_OP(cleave::LogSigmoid)
CLEAVE_OP(cleave::Silu)
CLEAVE_OP(cleave::Gelu)
CLEAVE_OP(cleave::GeluTanh)
CLEAVE_OP(cleave::Mish)
CLEAVE_OP(cleave::Softcap)
