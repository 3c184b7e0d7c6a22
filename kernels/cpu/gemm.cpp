// SPDX-License-Identifier: Apache-2.0
#include <cleave/ops/kernels.hpp>

#include <Eigen/Core>

namespace cleave::kernels {
namespace {

template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class T>
using In = Eigen::Map<const Matrix<T>, Eigen::Aligned64>;
template <class T>
using Out = Eigen::Map<Matrix<T>, Eigen::Aligned64>;

} // namespace

template <class T>
void gemm_nn(std::byte* const* arenas, const KernelArguments& call) {
  const extent m = call.sizes[0];
  const extent n = call.sizes[1];
  const extent k = call.sizes[2];
  Out<T>(call.result<T>(arenas), m, n).noalias() =
      In<T>(call.operand<T>(arenas, 1), m, k) * In<T>(call.operand<T>(arenas, 2), k, n);
}

template <class T>
void gemm_nt(std::byte* const* arenas, const KernelArguments& call) {
  const extent m = call.sizes[0];
  const extent n = call.sizes[1];
  const extent k = call.sizes[2];
  Out<T>(call.result<T>(arenas), m, n).noalias() =
      In<T>(call.operand<T>(arenas, 1), m, k) * In<T>(call.operand<T>(arenas, 2), n, k).transpose();
}

template <class T>
void gemm_tn(std::byte* const* arenas, const KernelArguments& call) {
  const extent m = call.sizes[0];
  const extent n = call.sizes[1];
  const extent k = call.sizes[2];
  Out<T>(call.result<T>(arenas), m, n).noalias() =
      In<T>(call.operand<T>(arenas, 1), k, m).transpose() * In<T>(call.operand<T>(arenas, 2), k, n);
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
