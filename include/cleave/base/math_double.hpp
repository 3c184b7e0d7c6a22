// SPDX-License-Identifier: Apache-2.0
// Functions of doubles in the same manner as those of floats; e^x is in math_exp.hpp. What is not here is the C
// library's (math.hpp), and a loop over it stays a loop. For logarithms, with s = f / (2 + f),
// log(1 + f) = 2 atanh(s) = f - f^2 / 2 + s (f^2 / 2 + s^2 L(s^2)); L has the least largest error for 1 + f in
// [sqrt(1/2), sqrt(2)) (Remez exchange in 300 bits, 2^-58).
#pragma once

#include <cleave/base/math_exp.hpp>

namespace cleave::math::inline CLEAVE_ISA {
namespace lanes {

/// The magnitude of x with the sign of y.
CLEAVE_LANE constexpr double with_sign(double x, double y) {
  constexpr std::int64_t magnitude = 0x7fffffffffffffff;
  return from_bits<double>((bits(x) & magnitude) | (bits(y) & ~magnitude));
}

/// A positive normal number as 2^k (1 + f).
struct Logarithm {
  double k;
  double f;
};
CLEAVE_LANE Logarithm split(double x) {
  constexpr std::uint64_t sqrt_half = 0x3fe6a09e667f3bcd;
  constexpr std::uint64_t fraction = 0xfffffffffffff;
  const std::uint64_t t = static_cast<std::uint64_t>(bits(x)) - sqrt_half + (std::uint64_t(1023) << 52U);
  // (the exponent becomes a double by bits as well: older vector instructions convert no 64-bit integers)
  const auto shifted = from_bits<double>(static_cast<std::int64_t>((t >> 52U) | 0x4330000000000000));
  const auto near_one = from_bits<double>(static_cast<std::int64_t>((t & fraction) + sqrt_half));
  return {shifted - (0x1p52 + 1023), near_one - 1};
}

/// k ln 2 + log(1 + f) + tail
CLEAVE_LANE double joined(Logarithm of, double tail) {
  const double s = of.f / (2 + of.f);
  const double z = s * s;
  const double half_square = 0.5 * of.f * of.f;
  const double l = polynomial(z, 0.66666666666667307, 0.3999999999943411, 0.28571428738855476, 0.22222198880194319,
                              0.18183550516125979, 0.15314360654751422, 0.14793201246316806);
  const double rest = fma(s, fma(z, l, half_square), fma(of.k, ln2_low, tail));
  return fma(of.k, ln2_high, of.f - (half_square - rest));
}

/// As of floats (math_log.hpp).
CLEAVE_LANE double outside_positive(double x, double value, double logarithm) {
  constexpr double endless = __builtin_inf();
  const double not_positive = select(equal(x, 0.), -endless, __builtin_nan(""));
  logarithm = select(less(0., x), logarithm, not_positive);
  return select(less(x, endless), logarithm, value);
}

} // namespace lanes

/// The natural logarithm, within 1 ULP.
CLEAVE_LANE double log(double x) {
  const std::int64_t is_small = lanes::less(x, 0x1p-1022);
  lanes::Logarithm of = lanes::split(lanes::select(is_small, x * 0x1p54, x));
  of.k = of.k - lanes::select(is_small, 54., 0.);
  return lanes::outside_positive(x, x, lanes::joined(of, 0));
}

/// log(1 + x), within 1 ULP.
CLEAVE_LANE double log1p(double x) {
  const double u = 1 + x;
  lanes::Logarithm of = lanes::split(u);
  // What rounding took from 1 + x, relative to it. Where k is 0, f is x itself.
  const double lost = lanes::select(lanes::less(1., x), 1 - (u - x), x - (u - 1)) / u;
  const std::int64_t is_near = lanes::equal(of.k, 0.);
  of.f = lanes::select(is_near, x, of.f);
  const double y = lanes::joined(of, lanes::select(is_near, 0., lost));
  return lanes::outside_positive(u, x, lanes::with_sign(y, x));
}

/// e^x - 1, within 1.5 ULP.
CLEAVE_LANE double expm1(double x) {
  const double y = lanes::clamp(x, -45., 710.);
  const double shifted = fma(y, lanes::log2_e_of_double, lanes::rounder_of_double);
  const double n = shifted - lanes::rounder_of_double;
  const double high = fma(n, -lanes::ln2_high, y);
  const double r = fma(n, -lanes::ln2_low, high);
  const double r_low = fma(n, -lanes::ln2_low, high - r);
  const double q = lanes::exp_remainder(r);
  // Half of it, since 2^1024 is no double: s r and s - 1/2 are added exactly.
  const std::int64_t k = lanes::bits(shifted) - lanes::bits(lanes::rounder_of_double);
  const auto s = lanes::power_of_two<double>(k - 1);
  const double whole = s - 0.5;
  const double product = s * r;
  const double sum = whole + product;
  const double lost = (product - (sum - whole)) + ((s - whole) - 0.5);
  const double half = sum + fma(s, fma(r * r, q, r_low), lost);
  return lanes::with_sign(half + half, x);
}

/// The hyperbolic tangent, within 3 ULP.
CLEAVE_LANE double tanh(double x) {
  const double e = math::expm1(2 * lanes::clamp(lanes::with_sign(x, 1.), 0., 20.));
  return lanes::with_sign(e / (e + 2), x);
}

/// 1 / (1 + e^-x), within 3 ULP; without overflow for large negative x.
CLEAVE_LANE double sigmoid(double x) {
  const double e = math::exp(-lanes::with_sign(x, 1.));
  return lanes::select(lanes::less(x, 0.), e, 1.) / (1 + e);
}

/// log(1 + e^x), within 3 ULP; without overflow for large x and without cancellation for large negative x.
CLEAVE_LANE double softplus(double x) {
  return lanes::select(lanes::less(x, 0.), 0., x) + math::log1p(math::exp(-lanes::with_sign(x, 1.)));
}

} // namespace cleave::math::inline CLEAVE_ISA
