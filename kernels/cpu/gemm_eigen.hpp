// SPDX-License-Identifier: Apache-2.0
// Products by Eigen (CLEAVE_GEMM=eigen), for comparison. Its order of additions depends on the shape.
#pragma once

#include "gemm.hpp"

#include <Eigen/Core>

#include <algorithm>

namespace cleave::kernels::inline CLEAVE_ISA {
namespace library {

template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class T>
using In = Eigen::Map<const Matrix<T>, 0, Eigen::OuterStride<>>;
template <class T>
using Out = Eigen::Map<Matrix<T>>;

// Eigen packs operands into scratch memory, which it takes from the heap beyond 128 KiB. Blocks this small stay on the
// stack (96 KiB at most), so that a step allocates nothing; their order is fixed, and so are the bits.
inline constexpr extent block_rows = 64;
inline constexpr extent block_columns = 128;
template <class T>
inline constexpr extent block_depth = 512 / static_cast<extent>(sizeof(T));

/// out = a b: any Eigen expressions that have blocks.
template <class T, class A, class B>
void by_blocks(Out<T> out, const A& a, const B& b) {
  const extent m = out.rows();
  const extent n = out.cols();
  const extent k = a.cols();
  out.setZero();
  for (extent l = 0; l < k; l += block_depth<T>) {
    const extent depth = std::min(block_depth<T>, k - l);
    for (extent j = 0; j < n; j += block_columns) {
      const extent columns = std::min(block_columns, n - j);
      for (extent i = 0; i < m; i += block_rows) {
        const extent rows = std::min(block_rows, m - i);
        out.block(i, j, rows, columns).noalias() += a.block(i, l, rows, depth) * b.block(l, j, depth, columns);
      }
    }
  }
}

template <class T, class A>
void by_right(Out<T> out, const A& a, In<T> b, bool transpose_b) {
  if (transpose_b) {
    by_blocks(out, a, b.transpose());
  } else {
    by_blocks(out, a, b);
  }
}

template <class T>
inline constexpr bool multiplies = true;

/// out (m x n, without gaps) = the product over `depth` steps of k from `l` on.
template <class T>
void multiply(T* result, const Product<T>& p, extent l, extent depth) {
  const Out<T> out(result, p.m, p.n);
  const T* const a = p.a + (p.transpose_a ? l * p.a_row : l);
  const T* const b = p.b + (p.transpose_b ? l : l * p.b_row);
  const In<T> right(b, p.transpose_b ? p.n : depth, p.transpose_b ? depth : p.n, Eigen::OuterStride<>(p.b_row));
  if (p.transpose_a) {
    by_right(out, In<T>(a, depth, p.m, Eigen::OuterStride<>(p.a_row)).transpose(), right, p.transpose_b);
  } else {
    by_right(out, In<T>(a, p.m, depth, Eigen::OuterStride<>(p.a_row)), right, p.transpose_b);
  }
}

} // namespace library
} // namespace cleave::kernels::inline CLEAVE_ISA
