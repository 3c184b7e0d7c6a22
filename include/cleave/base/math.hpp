// SPDX-License-Identifier: Apache-2.0
// Scalar functions for host and device code, without <cmath>, which costs every unit that includes it.
#pragma once

#include <cleave/base/config.hpp>

namespace cleave::math {

// clang-format off
CLEAVE_HOST_DEVICE inline float exp(float x) { return __builtin_expf(x); }
CLEAVE_HOST_DEVICE inline double exp(double x) { return __builtin_exp(x); }
CLEAVE_HOST_DEVICE inline float log(float x) { return __builtin_logf(x); }
CLEAVE_HOST_DEVICE inline double log(double x) { return __builtin_log(x); }
CLEAVE_HOST_DEVICE inline float tanh(float x) { return __builtin_tanhf(x); }
CLEAVE_HOST_DEVICE inline double tanh(double x) { return __builtin_tanh(x); }
CLEAVE_HOST_DEVICE inline float sqrt(float x) { return __builtin_sqrtf(x); }
CLEAVE_HOST_DEVICE inline double sqrt(double x) { return __builtin_sqrt(x); }
CLEAVE_HOST_DEVICE inline float cos(float x) { return __builtin_cosf(x); }
CLEAVE_HOST_DEVICE inline double cos(double x) { return __builtin_cos(x); }
CLEAVE_HOST_DEVICE inline float sin(float x) { return __builtin_sinf(x); }
CLEAVE_HOST_DEVICE inline double sin(double x) { return __builtin_sin(x); }
// clang-format on

/// 1 / (1 + exp(-x)), without overflow for large negative x.
template <class T>
CLEAVE_HOST_DEVICE inline T sigmoid(T x) {
  const T e = math::exp(x < 0 ? x : -x);
  return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

} // namespace cleave::math
