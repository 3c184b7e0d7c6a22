// SPDX-License-Identifier: Apache-2.0
#include "gemm.hpp"

#include <cleave/ops/kernels.hpp>

#include <Eigen/Core>

#include <algorithm>

namespace cleave::kernels {
namespace {

template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class T>
using In = Eigen::Map<const Matrix<T>>;
template <class T>
using Out = Eigen::Map<Matrix<T>>;

// Eigen packs operands into scratch memory, which it takes from the heap beyond 128 KiB. Blocks this small stay on the
// stack (96 KiB at most), so that a step allocates nothing; their order is fixed, and so are the bits.
constexpr extent block_rows = 64;
constexpr extent block_columns = 128;
template <class T>
constexpr extent block_depth = 512 / static_cast<extent>(sizeof(T));

/// out = a b, where a is m x k and b is k x n: any Eigen expressions that have blocks.
template <class T, class A, class B>
void multiply_blocks(Out<T> out, const A& a, const B& b) {
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

template <class T>
void gemm(std::byte* const* arenas, const KernelArguments& call, bool transpose_a, bool transpose_b) {
  multiply(call.result<T>(arenas), call.operand<T>(arenas, 1), call.operand<T>(arenas, 2), call.sizes[0], call.sizes[1],
           call.sizes[2], transpose_a, transpose_b);
}

} // namespace

template <class T>
void multiply(T* out, const T* a, const T* b, extent m, extent n, extent k, bool transpose_a, bool transpose_b) {
  const Out<T> y(out, m, n);
  if (transpose_a && transpose_b) {
    multiply_blocks<T>(y, In<T>(a, k, m).transpose(), In<T>(b, n, k).transpose());
  } else if (transpose_a) {
    multiply_blocks<T>(y, In<T>(a, k, m).transpose(), In<T>(b, k, n));
  } else if (transpose_b) {
    multiply_blocks<T>(y, In<T>(a, m, k), In<T>(b, n, k).transpose());
  } else {
    multiply_blocks<T>(y, In<T>(a, m, k), In<T>(b, k, n));
  }
}

template <class T>
void gemm_nn(std::byte* const* arenas, const KernelArguments& call) {
  gemm<T>(arenas, call, false, false);
}

template <class T>
void gemm_nt(std::byte* const* arenas, const KernelArguments& call) {
  gemm<T>(arenas, call, false, true);
}

template <class T>
void gemm_tn(std::byte* const* arenas, const KernelArguments& call) {
  gemm<T>(arenas, call, true, false);
}

// clang-format off
template void multiply<float>(float*, const float*, const float*, extent, extent, extent, bool, bool);
template void multiply<double>(double*, const double*, const double*, extent, extent, extent, bool, bool);
template void gemm_nn<float>(std::byte* const*, const KernelArguments&);
template void gemm_nn<double>(std::byte* const*, const KernelArguments&);
template void gemm_nt<float>(std::byte* const*, const KernelArguments&);
template void gemm_nt<double>(std::byte* const*, const KernelArguments&);
template void gemm_tn<float>(std::byte* const*, const KernelArguments&);
template void gemm_tn<double>(std::byte* const*, const KernelArguments&);
// clang-format on

} // namespace cleave::kernels
