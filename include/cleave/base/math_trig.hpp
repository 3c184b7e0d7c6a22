// SPDX-License-Identifier: Apache-2.0
// Sines and cosines of floats, and reciprocal square roots.
#pragma once

#include <cleave/base/math_exp.hpp>

namespace cleave::math::inline CLEAVE_ISA {
namespace lanes {

/// The whole number nearest to x, of magnitude below 2^51.
CLEAVE_HOST_DEVICE inline double nearest(double x) { return x + rounder_of_double - rounder_of_double; }

/// x in quarter turns: the nearest whole number of them, but for multiples of four, and what is left.
struct QuarterTurns {
  std::int32_t whole;
  double rest;
};

/// The digits of 2 / pi are taken in pieces of 24 bits, whose products with a float are exact in doubles. Pieces whose
/// product is a multiple of four quarter turns are left out: how many depends on x's exponent. Five pieces from there
/// on leave more than 40 bits for the float that is nearest to a multiple of a quarter turn. Infinity gives NaN.
CLEAVE_HOST_DEVICE inline QuarterTurns quarter_turns(float x) {
  const float magnitude = with_sign(x, 1.F);
  const std::int32_t at_1 = less(0x1p49F, magnitude) | equal(0x1p49F, magnitude);
  const std::int32_t at_2 = less(0x1p73F, magnitude) | equal(0x1p73F, magnitude);
  const std::int32_t at_3 = less(0x1p97F, magnitude) | equal(0x1p97F, magnitude);
  const std::int32_t at_4 = less(0x1p121F, magnitude) | equal(0x1p121F, magnitude);
  const auto piece = [&](float p0, float p1, float p2, float p3, float p4) {
    return static_cast<double>(select(at_4, p4, select(at_3, p3, select(at_2, p2, select(at_1, p1, p0)))));
  };
  const auto unit = static_cast<double>(
      x * select(at_4, 0x1p-96F, select(at_3, 0x1p-72F, select(at_2, 0x1p-48F, select(at_1, 0x1p-24F, 1.F)))));
  double a = unit * (piece(10680707.F, 7228996.F, 1387004.F, 2578385.F, 16069853.F) * 0x1p-24);
  double b = unit * (piece(7228996.F, 1387004.F, 2578385.F, 16069853.F, 12639074.F) * 0x1p-48);
  const double c = unit * (piece(1387004.F, 2578385.F, 16069853.F, 12639074.F, 9804092.F) * 0x1p-72);
  const double d = unit * (piece(2578385.F, 16069853.F, 12639074.F, 9804092.F, 4427841.F) * 0x1p-96);
  const double e = unit * (piece(16069853.F, 12639074.F, 9804092.F, 4427841.F, 16666979.F) * 0x1p-120);
  a = fma(nearest(a * 0.25), -4.0, a);
  b = fma(nearest(b * 0.25), -4.0, b);
  const double sum = a + b;
  const double shifted = sum + c + rounder_of_double;
  const double whole = shifted - rounder_of_double;
  return {static_cast<std::int32_t>(bits(shifted)), (sum - whole) + c + (d + e)};
}

/// The sine of so many quarter turns. The polynomials of a half turn's quarter have the least largest error.
CLEAVE_HOST_DEVICE inline float sin_of(QuarterTurns turns) {
  const double f = turns.rest;
  const double square = f * f;
  const double sine = f * polynomial(square, 1.5707963267880998, -0.6459640961463512, 0.079692582708007664,
                                     -0.0046812660882115135, 0.00015820585530199245);
  const double cosine = polynomial(square, 0.99999999999994438, -1.2337005501201463, 0.25366950715311865,
                                   -0.020863467993769973, 0.00091916168946653285, -2.4850873394434982e-05);
  const std::int32_t is_odd = -(turns.whole & 1);
  const float y = select(is_odd, static_cast<float>(cosine), static_cast<float>(sine));
  return from_bits<float>(bits(y) ^ static_cast<std::int32_t>(static_cast<std::uint32_t>(turns.whole & 2) << 30));
}

} // namespace lanes

/// The sine of x in radians, within 1 ULP for every float.
CLEAVE_HOST_DEVICE inline float sin(float x) { return lanes::sin_of(lanes::quarter_turns(x)); }

/// The cosine of x in radians, within 1 ULP for every float.
CLEAVE_HOST_DEVICE inline float cos(float x) {
  lanes::QuarterTurns turns = lanes::quarter_turns(x);
  ++turns.whole;
  return lanes::sin_of(turns);
}

/// 1 / sqrt(x), within 1 ULP: infinity of 0 with its sign, NaN below.
CLEAVE_HOST_DEVICE inline float rsqrt(float x) {
  constexpr float infinity = __builtin_inff();
  const std::int32_t is_small = lanes::less(x, 0x1p-126F);
  const float normal = lanes::select(is_small, x * 0x1p24F, x);
  // half the exponent, with the constant that makes the error least; every step squares the error, which begins at 1/29
  auto y = lanes::from_bits<float>(
      static_cast<std::int32_t>(0x5f375a86U - (static_cast<std::uint32_t>(lanes::bits(normal)) >> 1)));
  const float half = 0.5F * normal;
  y = y * fma(-half * y, y, 1.5F);
  y = y * fma(-half * y, y, 1.5F);
  const auto wide = static_cast<double>(y);
  const double refined = wide * fma(-0.5 * static_cast<double>(normal) * wide, wide, 1.5);
  y = static_cast<float>(refined) * lanes::select(is_small, 0x1p12F, 1.F);
  const float of_zero = lanes::with_sign(infinity, x);
  y = lanes::select(lanes::equal(x, 0.F), of_zero, y);
  y = lanes::select(lanes::less(x, 0.F), __builtin_nanf(""), y);
  y = lanes::select(lanes::equal(x, infinity), 0.F, y);
  return y;
}

} // namespace cleave::math::inline CLEAVE_ISA
