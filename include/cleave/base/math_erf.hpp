// SPDX-License-Identifier: Apache-2.0
// The error function of floats and its kin, computed in doubles. For a >= 0, erfc(a) = e^(-a^2) g(t) / (a + 3) with
// t = (a - 3) / (a + 3), where g is nearly a straight line of t. The polynomials have the least largest relative error
// on a in [0, 10.3] and [0, 1] (Remez exchange in 200 bits).
#pragma once

#include <cleave/base/math_exp.hpp>

namespace cleave::math::inline CLEAVE_ISA {
namespace lanes {

/// A product not taken yet, so that it can be taken from a number with one rounding.
struct Product {
  double first;
  double second;
  [[nodiscard]] CLEAVE_LANE double value() const { return first * second; }
  [[nodiscard]] CLEAVE_LANE double taken_from(double x) const { return fma(-first, second, x); }
};
/// erfc(a) of 0 <= a <= 10.3 to about 31 bits; `square` is a^2.
CLEAVE_LANE Product erfc_of_positive(double a, double square) {
  const double over = reciprocal(a + 3);
  const double t = (a - 3) * over;
  const double g =
      polynomial(t, 1.0740069070850933, -0.88339445388360494, 0.59022835805004625, -0.31046722392120452,
                 0.11952774301002626, -0.026827814523418685, -0.0012124803837250296, 0.0030377813984016743,
                 -0.00054605152696386358, -0.00028725715735819794, 9.6306164216388286e-05, 3.9750429489313116e-05);
  const Exponential e = exponential<62>(-square);
  return {fma(e.scale, e.rest, e.scale), g * over};
}

/// The normal distribution's cumulative function of -|x|.
CLEAVE_LANE Product normal_tail(float x) {
  const double a = clamp(with_sign(x, 1.F), 0.F, 14.5F);
  const Product twice = erfc_of_positive(a * 0.70710678118654752440, 0.5 * a * a);
  return {twice.first, 0.5 * twice.second};
}

} // namespace lanes

/// The error function, within 1 ULP.
CLEAVE_LANE float erf(float x) {
  const float magnitude = lanes::clamp(lanes::with_sign(x, 1.F), 0.F, 4.5F);
  const double a = magnitude;
  const double square = a * a;
  const double outer = lanes::erfc_of_positive(a, square).taken_from(1);
  const double inner = a * lanes::polynomial(square, 1.1283791670580237, -0.37612638434663609, 0.11283781974264957,
                                             -0.026865400050441739, 0.0052209454544230689, -0.00084828291405950442,
                                             0.00011256949928504445, -9.6415215267922666e-06);
  const float y = lanes::select(lanes::less(magnitude, 1.F), static_cast<float>(inner), static_cast<float>(outer));
  return lanes::with_sign(y, x);
}

/// 1 - erf(x), within 1 ULP, also where it is tiny.
CLEAVE_LANE float erfc(float x) {
  const double a = lanes::clamp(lanes::with_sign(x, 1.F), 0.F, 10.2F);
  const lanes::Product y = lanes::erfc_of_positive(a, a * a);
  return lanes::select(lanes::less(x, 0.F), static_cast<float>(y.taken_from(2)), static_cast<float>(y.value()));
}

/// The normal distribution's cumulative function, within 1 ULP, also far left.
CLEAVE_LANE float normal_cdf(float x) {
  const lanes::Product y = lanes::normal_tail(x);
  return lanes::select(lanes::less(x, 0.F), static_cast<float>(y.value()), static_cast<float>(y.taken_from(1)));
}

/// x times the normal distribution's cumulative function, within 1 ULP; 0 at -infinity.
CLEAVE_LANE float gelu(float x) {
  const lanes::Product y = lanes::normal_tail(x);
  const double wide = lanes::clamp(x, -14.5F, __builtin_inff()); // below, the product rounds to 0
  const float product = lanes::select(lanes::less(x, 0.F), static_cast<float>(wide * y.value()),
                                      static_cast<float>(wide * y.taken_from(1)));
  return lanes::with_sign(product, x);
}

} // namespace cleave::math::inline CLEAVE_ISA
