// SPDX-License-Identifier: Apache-2.0
// Products of floats by oneDNN (CLEAVE_GEMM=onednn), for comparison; it has none of doubles. Its order of additions
// depends on the shape.
#pragma once

#include "gemm.hpp"

#include <cleave/base/error.hpp>

#include <dnnl.h>

namespace cleave::kernels::inline CLEAVE_ISA {
namespace library {

template <class T>
inline constexpr bool multiplies = std::is_same_v<T, float>;

/// out (m x n, without gaps) = the product over `depth` steps of k from `l` on. Errors: throws Error for what oneDNN
/// refuses.
inline void multiply(float* out, const Product<float>& p, extent l, extent depth) {
  const float* const a = p.a + (p.transpose_a ? l * p.a_row : l);
  const float* const b = p.b + (p.transpose_b ? l : l * p.b_row);
  const dnnl_status_t status = dnnl_sgemm(p.transpose_a ? 'T' : 'N', p.transpose_b ? 'T' : 'N', p.m, p.n, depth, 1.F, a,
                                          p.a_row, b, p.b_row, 0.F, out, p.n);
  if (status != dnnl_success) {
    cleave::detail::fail("contract: oneDNN refused a product of %td x %td by %td x %td; build with CLEAVE_GEMM=own",
                         p.m, depth, depth, p.n);
  }
}

} // namespace library
} // namespace cleave::kernels::inline CLEAVE_ISA
