// SPDX-License-Identifier: Apache-2.0
#define CLEAVE_BENCH_EIGEN eigen_baseline
#define CLEAVE_BENCH_EIGEN_NAMESPACE Eigen_baseline
#include "eigen.inc"
