// SPDX-License-Identifier: Apache-2.0
// The product that the build has chosen: ours, or Eigen's for comparison (CLEAVE_GEMM).
#pragma once

#if defined(CLEAVE_GEMM_EIGEN)
#include "gemm_eigen.hpp"
#else
#include "gemm.hpp"
#endif
