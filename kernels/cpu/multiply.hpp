// SPDX-License-Identifier: Apache-2.0
// The product that the build has chosen: ours, or Eigen's for comparison (CLEAVE_GEMM).
#pragma once

#include "gemm.hpp"

#if defined(CLEAVE_GEMM_EIGEN)
#include "gemm_eigen.hpp"
#endif

namespace cleave::kernels::inline CLEAVE_ISA {

template <class T, class Stored>
void multiply_as_built(const Product<T, Stored>& product) {
#if defined(CLEAVE_GEMM_EIGEN)
  if constexpr (std::is_same_v<T, Stored>) {
    by_eigen::multiply(product);
    return;
  }
#endif
  multiply(product);
}

} // namespace cleave::kernels::inline CLEAVE_ISA
