// SPDX-License-Identifier: Apache-2.0
#define CLEAVE_BENCH_EIGEN eigen_native
#define CLEAVE_BENCH_EIGEN_NAMESPACE Eigen_native
#include "eigen.inc"
