// SPDX-License-Identifier: Apache-2.0
// Matrix products of other libraries, where the build has found them. Matrices are row-major; one thread (bench/run/run
// sets the environment that says so).
#pragma once

#include "eigen.hpp"

namespace bench {

using Gemm = void (*)(float* out, const float* a, const float* b, long m, long n, long k);

/// nn, tn, nt as the kernel's bits count them; null: the library is not there.
struct Gemms {
  Gemm by_form[3];
};

Gemms openblas();
Gemms onednn();

} // namespace bench
