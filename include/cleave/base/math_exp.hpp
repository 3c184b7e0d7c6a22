// SPDX-License-Identifier: Apache-2.0
// Exponentials of floats. All take e^x = 2^n e^r with n the whole number nearest to x / ln 2, and |r| <= ln 2 / 2.
// The polynomials have the least largest relative error on that interval (Remez exchange in 200 bits; then rounded).
#pragma once

#include <cleave/base/math_core.hpp>

namespace cleave::math::inline CLEAVE_ISA {
namespace lanes {

inline constexpr float log2_e = 1.44269504088896341F; // NOLINT(modernize-use-std-numbers)
/// Added to a float below 2^22 in magnitude it leaves the nearest whole number in the last bits.
inline constexpr float rounder = 12582912.F;                       // 1.5 * 2^23
inline constexpr double log2_e_of_double = 1.44269504088896340736; // NOLINT(modernize-use-std-numbers)
/// The same for doubles below 2^51.
inline constexpr double rounder_of_double = 0x1.8p52;

/// x, but not below `low` nor above `high`; NaN stays.
template <class T>
CLEAVE_HOST_DEVICE inline T clamp(T x, Element<T> low, Element<T> high) {
  const T bottom = T{} + low;
  const T top = T{} + high;
  x = select(less(x, bottom), bottom, x);
  return select(less(top, x), top, x);
}

/// 2^k of normal numbers: for floats k in [-126, 127], for doubles in [-1022, 1023].
template <class T>
CLEAVE_HOST_DEVICE inline T power_of_two(Bits<T> k) {
  if constexpr (std::is_same_v<Element<T>, float>) {
    return from_bits<T>((k + 127) << 23);
  } else {
    return from_bits<T>((k + 1023) << 52);
  }
}

/// e^x of a number, or of each of a vector of the compiler, within 1 ULP; subnormal results included.
template <class T>
CLEAVE_HOST_DEVICE inline T exp_of(T x) {
  if constexpr (std::is_same_v<Element<T>, float>) {
    x = clamp(x, -104.F, 89.F); // beyond, results round to 0 and infinity as they do there
    const T shifted = fma(x, T{} + log2_e, T{} + rounder);
    const T n = shifted - rounder;
    const T r = fma(n, T{} - ln2_tail, fma(n, T{} - ln2_head, x));
    const T q = polynomial(r, 0.49999994F, 0.166665211F, 0.0416683853F, 0.008368738F, 0.00138147827F);
    const T p = fma(r * r, q, r) + 1.F;
    // 2^n need not be a float: two factors, the first of which rounds nothing
    const Bits<T> k = bits(shifted) - bits(T{} + rounder);
    const Bits<T> half = k >> 1;
    return p * power_of_two<T>(half) * power_of_two<T>(k - half);
  } else {
    x = clamp(x, -746., 710.);
    const T shifted = fma(x, T{} + log2_e_of_double, T{} + rounder_of_double);
    const T n = shifted - rounder_of_double;
    const T r = fma(n, T{} - ln2_low, fma(n, T{} - ln2_high, x));
    const T q = polynomial(r, 0.500000000000001, 0.1666666666666641, 0.041666666666530724, 0.0083333333334948724,
                           0.0013888888943509423, 0.00019841269505919975, 2.4801493205132725e-05,
                           2.7557586803436421e-06, 2.7630215369883292e-07, 2.4999964600880968e-08);
    const T p = fma(r * r, q, r) + 1.;
    // (half of k by doubles: older vector instructions shift no 64-bit integers to the right)
    const Bits<T> k = bits(shifted) - bits(T{} + rounder_of_double);
    const Bits<T> half = bits(fma(n, T{} + 0.5, T{} + rounder_of_double)) - bits(T{} + rounder_of_double);
    return p * power_of_two<T>(half) * power_of_two<T>(k - half);
  }
}

/// e^y = scale * (1 + rest) for a double y in (-104, 90) and n between -Offset - 126 and 127 - Offset.
struct Exponential {
  double scale;
  double rest;
};
template <int Offset>
CLEAVE_HOST_DEVICE inline Exponential exponential(double y) {
  const float shifted = fma(static_cast<float>(y), log2_e, rounder);
  const double n = shifted - rounder;
  const double r = fma(n, -ln2, y);
  const double q = polynomial(r, 0.50000000441567272, 0.16666666362074334, 0.041666360585494736, 0.00833339094723963,
                              0.0013940663999144659, 0.00019845179515746934);
  constexpr double unscale = Offset >= 0 ? 1. / static_cast<double>(1ULL << (Offset >= 0 ? Offset : 0))
                                         : static_cast<double>(1ULL << (Offset < 0 ? -Offset : 0));
  const auto scale = power_of_two<float>(bits(shifted) - bits(rounder) + Offset);
  return {static_cast<double>(scale) * unscale, r * fma(r, q, 1.0)};
}

/// e^x - 1 of |x| <= 89 as a double, to about 31 bits, relative to it however small x is.
CLEAVE_HOST_DEVICE inline double expm1_of(float x) {
  const Exponential e = exponential<-1>(x);
  return fma(e.scale, e.rest, e.scale - 1);
}

/// e^-|x| as a double.
CLEAVE_HOST_DEVICE inline double exp_of_minus_magnitude(float x) {
  const Exponential e = exponential<62>(clamp(-with_sign(x, 1.F), -104.F, 0.F));
  return fma(e.scale, e.rest, e.scale);
}

} // namespace lanes

/// e^x, within 1 ULP.
CLEAVE_HOST_DEVICE inline float exp(float x) { return lanes::exp_of(x); }
CLEAVE_HOST_DEVICE inline double exp(double x) { return lanes::exp_of(x); }

/// e^x - 1, within 1 ULP.
CLEAVE_HOST_DEVICE inline float expm1(float x) {
  return lanes::with_sign(static_cast<float>(lanes::expm1_of(lanes::clamp(x, -20.F, 89.F))), x);
}

/// The hyperbolic tangent, within 1 ULP.
CLEAVE_HOST_DEVICE inline float tanh(float x) {
  // 1 - tanh(9.1) is less than half an ULP of 1
  const float magnitude = lanes::clamp(lanes::with_sign(x, 1.F), 0.F, 9.1F);
  const double e = lanes::expm1_of(2 * magnitude);
  return lanes::with_sign(static_cast<float>(e * lanes::reciprocal(e + 2)), x);
}

/// 1 / (1 + e^-x), within 1 ULP; without overflow for large negative x.
CLEAVE_HOST_DEVICE inline float sigmoid(float x) {
  const double e = lanes::exp_of_minus_magnitude(x);
  const double right = lanes::reciprocal(1 + e);
  return lanes::select(lanes::less(x, 0.F), static_cast<float>(e * right), static_cast<float>(right));
}

} // namespace cleave::math::inline CLEAVE_ISA
