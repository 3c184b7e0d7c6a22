// SPDX-License-Identifier: Apache-2.0
// Products by OpenBLAS (CLEAVE_GEMM=openblas), for comparison: its order of additions depends on the shape and on the
// kernels it chooses by the processor's model.
#pragma once

#include "gemm.hpp"

#include <cblas.h>

namespace cleave::kernels::inline CLEAVE_ISA {
namespace library {

template <class T>
inline constexpr bool multiplies = true;

/// out (m x n, without gaps) = the product over `depth` steps of k from `l` on.
template <class T>
void multiply(T* out, const Product<T>& p, extent l, extent depth) {
  const T* const a = p.a + (p.transpose_a ? l * p.a_row : l);
  const T* const b = p.b + (p.transpose_b ? l : l * p.b_row);
  const auto number = [](extent value) { return static_cast<blasint>(value); };
  const auto run = [&](auto gemm) {
    gemm(CblasRowMajor, p.transpose_a ? CblasTrans : CblasNoTrans, p.transpose_b ? CblasTrans : CblasNoTrans,
         number(p.m), number(p.n), number(depth), T(1), a, number(p.a_row), b, number(p.b_row), T(0), out, number(p.n));
  };
  if constexpr (std::is_same_v<T, float>) {
    run(&cblas_sgemm);
  } else {
    run(&cblas_dgemm);
  }
}

} // namespace library
} // namespace cleave::kernels::inline CLEAVE_ISA
