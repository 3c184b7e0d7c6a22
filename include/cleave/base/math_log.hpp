// SPDX-License-Identifier: Apache-2.0
// Logarithms of floats. All take log(2^k (1 + f)) = k ln 2 + log(1 + f) with 1 + f in [sqrt(1/2), sqrt(2)). The
// polynomials have the least largest relative error on that interval (Remez exchange in 200 bits; then rounded).
#pragma once

#include <cleave/base/math_exp.hpp>

namespace cleave::math::inline CLEAVE_ISA {
namespace lanes {

inline constexpr float infinity = __builtin_inff();
inline constexpr std::uint32_t bits_of_sqrt_half = 0x3f3504f3;

/// k of a positive normal float.
CLEAVE_LANE std::int32_t exponent_near_one(float x) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(bits(x)) - bits_of_sqrt_half) >> 23;
}

/// x / 2^k of a positive normal float, of which the same holds.
CLEAVE_LANE float scaled_down(float x, std::int32_t k) {
  return from_bits<float>(
      static_cast<std::int32_t>(static_cast<std::uint32_t>(bits(x)) - (static_cast<std::uint32_t>(k) << 23)));
}

/// log(1 + f) to about 32 bits, relative to it however small f is.
CLEAVE_LANE double log1p_near_zero(double f) {
  const double p = polynomial(f, -0.5000000028494761, 0.3333333198212643, -0.24999937959982896, 0.20000096331813769,
                              -0.16670334953270677, 0.14285710218361616, -0.12412525616271289, 0.11020810229308321,
                              -0.10871028817475954, 0.10728900914461438, -0.059953450244705664);
  return f * fma(f, p, 1.0);
}

/// The logarithm's value outside the positive numbers: -infinity of 0, NaN below. +infinity and NaN are themselves.
CLEAVE_LANE float outside_positive(float x, float value, float logarithm) {
  const float not_positive = select(equal(x, 0.F), -infinity, __builtin_nanf(""));
  logarithm = select(less(0.F, x), logarithm, not_positive);
  return select(less(x, infinity), logarithm, value);
}

} // namespace lanes

/// The natural logarithm, within 1 ULP.
CLEAVE_LANE float log(float x) {
  constexpr std::int32_t lift = 23; // makes a subnormal number normal
  const std::int32_t is_small = lanes::less(x, 0x1p-126F);
  const float normal = lanes::select(is_small, x * static_cast<float>(1 << lift), x);
  const std::int32_t k = lanes::exponent_near_one(normal);
  const float f = lanes::scaled_down(normal, k) - 1.F;
  const auto exponent = static_cast<float>(k - (is_small & lift));
  const float square = f * f;
  const float r = lanes::polynomial(f, 0.333333135F, -0.250000089F, 0.200021178F, -0.166680083F, 0.142195553F,
                                    -0.12405359F, 0.118880354F, -0.116771549F, 0.0674865767F);
  const float rest = fma(square, fma(f, r, -0.5F), exponent * lanes::ln2_tail);
  return lanes::outside_positive(x, x, fma(exponent, lanes::ln2_head, f + rest));
}

/// log(1 + x), within 1 ULP.
CLEAVE_LANE float log1p(float x) {
  // 1 + x = 2^k (1 + f); f is x itself where k is 0
  const std::int32_t k = lanes::exponent_near_one(1.F + x);
  const double scale = static_cast<double>(lanes::power_of_two<float>(16 - k)) * 0x1p-16;
  const double f = fma(scale, static_cast<double>(x), scale - 1);
  const double y = fma(static_cast<double>(k), ln2, lanes::log1p_near_zero(f));
  return lanes::outside_positive(1.F + x, x, lanes::with_sign(static_cast<float>(y), x));
}

/// log(1 + e^x), within 1 ULP; without overflow for large x and without cancellation for large negative x.
CLEAVE_LANE float softplus(float x) {
  const double e = lanes::exp_of_minus_magnitude(x);
  const std::int32_t k = lanes::exponent_near_one(1.F + static_cast<float>(e)); // 0 or 1
  const double scale = lanes::power_of_two<float>(-k);
  const double f = fma(scale, e, scale - 1);
  const double y = fma(static_cast<double>(k), ln2, lanes::log1p_near_zero(f));
  return static_cast<float>(static_cast<double>(lanes::select(lanes::less(x, 0.F), 0.F, x)) + y);
}

} // namespace cleave::math::inline CLEAVE_ISA
