// SPDX-License-Identifier: Apache-2.0
#include <cleave/ops/kernels.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <array>

namespace cleave::kernels {
namespace {

template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class T>
using In = Eigen::Map<const Matrix<T>, Eigen::Aligned64>;
template <class T>
using Out = Eigen::Map<Matrix<T>, Eigen::Aligned64>;

// Eigen packs operands into scratch memory, which it takes from the heap beyond 128 KiB. Blocks this small stay on the
// stack (96 KiB at most), so that a step allocates nothing; their order is fixed, and so are the bits.
constexpr extent block_rows = 64;
constexpr extent block_columns = 128;
template <class T>
constexpr extent block_depth = 512 / static_cast<extent>(sizeof(T));

/// out = a b, where a is m x k and b is k x n: any Eigen expressions that have blocks.
template <class T, class A, class B>
void multiply(Out<T> out, const A& a, const B& b) {
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

} // namespace

template <class T>
void gemm_nn(std::byte* const* arenas, const KernelArguments& call) {
  const auto [m, n, k] = std::array{call.sizes[0], call.sizes[1], call.sizes[2]};
  multiply<T>(Out<T>(call.result<T>(arenas), m, n), In<T>(call.operand<T>(arenas, 1), m, k),
              In<T>(call.operand<T>(arenas, 2), k, n));
}

template <class T>
void gemm_nt(std::byte* const* arenas, const KernelArguments& call) {
  const auto [m, n, k] = std::array{call.sizes[0], call.sizes[1], call.sizes[2]};
  multiply<T>(Out<T>(call.result<T>(arenas), m, n), In<T>(call.operand<T>(arenas, 1), m, k),
              In<T>(call.operand<T>(arenas, 2), n, k).transpose());
}

template <class T>
void gemm_tn(std::byte* const* arenas, const KernelArguments& call) {
  const auto [m, n, k] = std::array{call.sizes[0], call.sizes[1], call.sizes[2]};
  multiply<T>(Out<T>(call.result<T>(arenas), m, n), In<T>(call.operand<T>(arenas, 1), k, m).transpose(),
              In<T>(call.operand<T>(arenas, 2), k, n));
}

// clang-format off
template void gemm_nn<float>(std::byte* const*, const KernelArguments&);
template void gemm_nn<double>(std::byte* const*, const KernelArguments&);
template void gemm_nt<float>(std::byte* const*, const KernelArguments&);
template void gemm_nt<double>(std::byte* const*, const KernelArguments&);
template void gemm_tn<float>(std::byte* const*, const KernelArguments&);
template void gemm_tn<double>(std::byte* const*, const KernelArguments&);
// clang-format on

} // namespace cleave::kernels
