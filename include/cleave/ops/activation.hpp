// SPDX-License-Identifier: Apache-2.0
// Activations of straight pieces and exponentials below 0.
#pragma once

#include <cleave/ops/exponential.hpp>
#include <cleave/ops/power.hpp>

namespace cleave {

/// dy where y > 0, else 0: what relu lets through
struct ReluGradient : ElementwiseOp {
  static constexpr FixedString name = "relu_gradient";
  static constexpr Linearity linearity = Linearity::last;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T y, T dy) {
    return y > 0 ? dy : T(0);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {Value{}, Value::apply<ReluGradient>(at.x(0), at.dy)}; }
};

/// max(x, 0); the derivative at 0 is 0, NaN stays NaN
struct Relu : ElementwiseOp {
  static constexpr FixedString name = "relu";
  static constexpr Algebra algebra{.idempotent = true, .folds = true};
  static constexpr bool takes_integers = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T x) {
    return x < 0 ? T(0) : x;
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {Value::apply<ReluGradient>(at.y, at.dy)}; }
};
template <operand X>
constexpr auto relu(const X& x) {
  return apply<Relu>(x);
}

/// x where it is positive, else slope * x; the slope is a number, or learned: prelu
struct LeakyRelu : ElementwiseOp {
  static constexpr FixedString name = "leaky_relu";
  static constexpr double flops = 2;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T x, T slope) {
    return x > 0 ? x : slope * x;
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    const Value x = at.x(0);
    const Value positive = greater(x, 0);
    return {where(positive, at.dy, at.dy * at.x(1)), Value::apply<Gate>(logical_not(positive), at.dy * x)};
  }
};
template <class X, class Slope>
  requires(operand<X> || operand<Slope>)
constexpr auto leaky_relu(const X& x, const Slope& slope) {
  return apply<LeakyRelu>(x, slope);
}

/// leaky_relu with a learned slope, one a channel: `prelu(x, slope)` where slope is a parameter of shape [C].
template <operand X, operand Slope>
constexpr auto prelu(const X& x, const Slope& slope) {
  return apply<LeakyRelu>(x, slope);
}
/// x within [0, 6]
template <operand X>
constexpr auto relu6(const X& x) {
  return clip(x, 0, 6);
}
/// alpha * x + beta within [0, 1]
template <operand X>
constexpr auto hard_sigmoid(const X& x, double alpha = 0.2, double beta = 0.5) {
  return clip(x * alpha + beta, 0, 1);
}

/// x times (x / 6 + 1/2 within [0, 1])
struct HardSwish : ElementwiseOp {
  static constexpr FixedString name = "hard_swish";
  static constexpr double flops = 4;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T x) {
    const T gate = x * T(1. / 6) + T(0.5);
    if (gate > 0) {
      return gate < 1 ? x * gate : x;
    }
    return gate <= 0 ? T(0) : gate; // NaN stays
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    const Value x = at.x(0);
    const Value bent = less(abs(x), 3);
    return {at.dy * where(bent, x * (1. / 3) + 0.5, greater(x, 0))};
  }
};
template <operand X>
constexpr auto hard_swish(const X& x) {
  return apply<HardSwish>(x);
}

/// x where it is positive, else alpha * (e^x - 1)
struct Elu : ElementwiseOp {
  static constexpr FixedString name = "elu";
  static constexpr double flops = 12;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x, T alpha) {
    return x > 0 ? x : alpha * math::expm1(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    const Value x = at.x(0);
    const Value positive = greater(x, 0);
    return {where(positive, at.dy, at.dy * (at.y + at.x(1))),
            Value::apply<Gate>(logical_not(positive), at.dy * expm1(x))};
  }
};
template <class X, class Alpha>
  requires(operand<X> || operand<Alpha>)
constexpr auto elu(const X& x, const Alpha& alpha) {
  return apply<Elu>(x, alpha);
}

/// scale * elu(x, alpha) with the constants that keep mean 0 and variance 1: G. Klambauer and others, "Self-normalizing
/// neural networks", 2017
struct Selu : ElementwiseOp {
  static constexpr FixedString name = "selu";
  static constexpr double alpha = 1.6732632423543772848;
  static constexpr double scale = 1.0507009873554804934;
  static constexpr double flops = 12;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return T(scale) * (x > 0 ? x : T(alpha) * math::expm1(x));
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    return {at.dy * where(greater(at.x(0), 0), scale, at.y + scale * alpha)};
  }
};
template <operand X>
constexpr auto selu(const X& x) {
  return apply<Selu>(x);
}

/// (sigma x)^2 / 2 where |x| < 1 / sigma^2, else |x| - 1 / (2 sigma^2)
struct SmoothL1 : ElementwiseOp {
  static constexpr FixedString name = "smooth_l1";
  static constexpr double flops = 5;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T x, T sigma) {
    const T size = math::abs(x);
    const T square = sigma * sigma;
    return size * square < 1 ? square * x * x / 2 : size - 1 / (2 * square);
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    const Value x = at.x(0);
    const Value sigma = at.x(1);
    const Value curved = less(abs(x) * square(sigma), 1);
    return {at.dy * clip(square(sigma) * x, -1, 1),
            at.dy * where(curved, sigma * square(x), reciprocal(sigma * square(sigma)))};
  }
};
template <class X, class Sigma>
  requires(operand<X> || operand<Sigma>)
constexpr auto smooth_l1(const X& x, const Sigma& sigma) {
  return apply<SmoothL1>(x, sigma);
}

/// x / (1 + |x|)
struct Softsign : ElementwiseOp {
  static constexpr FixedString name = "softsign";
  static constexpr double flops = 6;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T x) {
    const T size = math::abs(x);
    if (size > 1) { // finite at infinity
      return (x < 0 ? T(-1) : T(1)) / (1 + 1 / size);
    }
    return x / (1 + size);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy / square(1 + abs(at.x(0)))}; }
};
template <operand X>
constexpr auto softsign(const X& x) {
  return apply<Softsign>(x);
}

} // namespace cleave

CLEAVE_OP(cleave::ReluGradient)
CLEAVE_OP(cleave::Relu)
CLEAVE_OP(cleave::LeakyRelu)
CLEAVE_OP(cleave::HardSwish)
CLEAVE_OP(cleave::Elu)
CLEAVE_OP(cleave::Selu)
CLEAVE_OP(cleave::SmoothL1)
CLEAVE_OP(cleave::Softsign)
