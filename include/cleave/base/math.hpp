// SPDX-License-Identifier: Apache-2.0
// Scalar functions for host and device code, without <cmath>, which costs every unit that includes it.
#pragma once

#include <cleave/base/math_erf.hpp>
#include <cleave/base/math_exp.hpp>
#include <cleave/base/math_log.hpp>
#include <cleave/base/math_trig.hpp>

#include <cstdint>
#include <type_traits>

namespace cleave::math {

// The C library's functions, by their names, for float and double. (The assertion takes the semicolon.)
// NOLINTBEGIN(bugprone-macro-parentheses)
#define CLEAVE_MATH(function)                                                                                          \
  CLEAVE_HOST_DEVICE inline float function(float x) { return __builtin_##function##f(x); }                             \
  CLEAVE_HOST_DEVICE inline double function(double x) { return __builtin_##function(x); }                              \
  static_assert(true)
#define CLEAVE_MATH_OF_TWO(function)                                                                                   \
  CLEAVE_HOST_DEVICE inline float function(float x, float y) { return __builtin_##function##f(x, y); }                 \
  CLEAVE_HOST_DEVICE inline double function(double x, double y) { return __builtin_##function(x, y); }                 \
  static_assert(true)
// NOLINTEND(bugprone-macro-parentheses)

#define CLEAVE_MATH_OF_DOUBLE(function)                                                                                \
  CLEAVE_HOST_DEVICE inline double function(double x) { return __builtin_##function(x); }                              \
  static_assert(true)

// clang-format off
CLEAVE_MATH_OF_DOUBLE(expm1); CLEAVE_MATH_OF_DOUBLE(log); CLEAVE_MATH_OF_DOUBLE(log1p);
CLEAVE_MATH_OF_DOUBLE(sin); CLEAVE_MATH_OF_DOUBLE(cos); CLEAVE_MATH_OF_DOUBLE(tanh);
CLEAVE_MATH_OF_DOUBLE(erf); CLEAVE_MATH_OF_DOUBLE(erfc);
CLEAVE_MATH(exp2); CLEAVE_MATH(log2); CLEAVE_MATH(log10);
CLEAVE_MATH(sqrt); CLEAVE_MATH(cbrt);
CLEAVE_MATH(tan); CLEAVE_MATH(asin); CLEAVE_MATH(acos); CLEAVE_MATH(atan);
CLEAVE_MATH(sinh); CLEAVE_MATH(cosh); CLEAVE_MATH(asinh); CLEAVE_MATH(acosh); CLEAVE_MATH(atanh);
CLEAVE_MATH(floor); CLEAVE_MATH(ceil); CLEAVE_MATH(trunc); CLEAVE_MATH(round);
CLEAVE_MATH_OF_TWO(pow); CLEAVE_MATH_OF_TWO(fmod); CLEAVE_MATH_OF_TWO(hypot); CLEAVE_MATH_OF_TWO(atan2);
// clang-format on
#undef CLEAVE_MATH
#undef CLEAVE_MATH_OF_DOUBLE
#undef CLEAVE_MATH_OF_TWO

template <class T>
CLEAVE_HOST_DEVICE constexpr bool is_finite([[maybe_unused]] T x) {
  if constexpr (std::is_floating_point_v<T>) {
    constexpr T infinity = static_cast<T>(__builtin_inf());
    return x < infinity && x > -infinity;
  } else {
    return true;
  }
}

/// Magnitude; of the smallest integer, itself (it has no other).
template <class T>
CLEAVE_HOST_DEVICE constexpr T abs(T x) {
  if constexpr (std::is_floating_point_v<T>) {
    return sizeof(T) == sizeof(float) ? static_cast<T>(__builtin_fabsf(static_cast<float>(x)))
                                      : static_cast<T>(__builtin_fabs(static_cast<double>(x)));
  } else {
    return static_cast<T>(x < 0 ? 0 - static_cast<std::uint64_t>(x) : static_cast<std::uint64_t>(x));
  }
}

/// The nearest whole number; halves go down.
template <class T>
CLEAVE_HOST_DEVICE inline T rint_down(T x) {
  const T below = math::floor(x);
  const T above = math::ceil(x);
  return x - below <= above - x ? below : above;
}

/// 1 / (1 + exp(-x)), without overflow for large negative x.
CLEAVE_HOST_DEVICE inline double sigmoid(double x) {
  const double e = math::exp(x < 0 ? x : -x);
  return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

/// log(1 + exp(x)), without overflow for large x and without cancellation for large negative x.
CLEAVE_HOST_DEVICE inline double softplus(double x) {
  return (x < 0 ? 0. : x) + math::log1p(math::exp(x < 0 ? x : -x));
}

/// The normal distribution's cumulative function, exact in relative terms also far left.
CLEAVE_HOST_DEVICE inline double normal_cdf(double x) { return 0.5 * math::erfc(x * -0.70710678118654752440); }

/// x times the normal distribution's cumulative function; 0 at -infinity.
CLEAVE_HOST_DEVICE inline double gelu(double x) {
  const double gate = math::normal_cdf(x);
  return gate == 0 ? 0. : x * gate;
}

/// 1 / sqrt(x).
CLEAVE_HOST_DEVICE inline double rsqrt(double x) { return 1 / math::sqrt(x); }

// Arithmetic that is defined for every operand. Floating numbers follow IEEE 754; integers wrap around, as in
// modular arithmetic, and a division of integers by zero gives 0.
template <class T>
CLEAVE_HOST_DEVICE constexpr T add(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    return a + b;
  } else {
    return static_cast<T>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
  }
}
template <class T>
CLEAVE_HOST_DEVICE constexpr T subtract(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    return a - b;
  } else {
    return static_cast<T>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
  }
}
template <class T>
CLEAVE_HOST_DEVICE constexpr T multiply(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    return a * b;
  } else {
    return static_cast<T>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
  }
}
template <class T>
CLEAVE_HOST_DEVICE constexpr T divide(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    return a / b;
  } else if constexpr (std::is_signed_v<T>) {
    // -1 apart: the smallest integer has no opposite, and dividing by -1 would trap
    if (b == -1) {
      return subtract(T(0), a);
    }
    return b == 0 ? T(0) : static_cast<T>(a / b);
  } else {
    return b == 0 ? T(0) : static_cast<T>(a / b);
  }
}
/// a - b * divide(a, b): the sign of a, as of `fmod`. Of integers by zero: 0.
template <class T>
CLEAVE_HOST_DEVICE constexpr T remainder(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    return math::fmod(a, b);
  } else if constexpr (std::is_signed_v<T>) {
    return b == 0 || b == -1 ? T(0) : static_cast<T>(a % b);
  } else {
    return b == 0 ? T(0) : static_cast<T>(a % b);
  }
}
/// The remainder with the sign of b.
template <class T>
CLEAVE_HOST_DEVICE constexpr T modulo(T a, T b) {
  const T rest = math::remainder(a, b);
  return rest != 0 && (rest < 0) != (b < 0) ? add(rest, b) : rest;
}

} // namespace cleave::math
