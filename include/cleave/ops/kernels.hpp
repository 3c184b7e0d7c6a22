// SPDX-License-Identifier: Apache-2.0
// The narrow door to the compiled kernels (kernels/cpu): run-time extents, float and double. A user's unit never
// parses a linear algebra library. All matrices are row-major.
#pragma once

#include <cleave/graph/kernel.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS {

/// sizes = {m, n, k}; result m x n.
template <class T>
void gemm_nn(std::byte* const* arenas, const KernelArguments& call); ///< a (m x k) times b (k x n)
template <class T>
void gemm_nt(std::byte* const* arenas, const KernelArguments& call); ///< a (m x k) times b (n x k) transposed
template <class T>
void gemm_tn(std::byte* const* arenas, const KernelArguments& call); ///< a (k x m) transposed times b (k x n)

/// Sum over some axes. sizes = {loops, extents...}; bit i of masks[0]: loop i is summed over. Sums run in one fixed
/// order, whatever the hardware.
template <class T>
void reduce_sum(std::byte* const* arenas, const KernelArguments& call);

/// softmax along the last axis. sizes = {rows, classes}.
template <class T>
void softmax(std::byte* const* arenas, const KernelArguments& call);

/// Gradient of softmax_output: operands p (rows x classes) and labels (rows). sizes = {rows, classes, use_ignore},
/// numbers = {scale, ignored label}. A label outside [0, classes) contributes no one-hot entry.
template <class T>
void softmax_output_gradient(std::byte* const* arenas, const KernelArguments& call);

#if !defined(CLEAVE_HEADER_ONLY)
// clang-format off
extern template void gemm_nn<float>(std::byte* const*, const KernelArguments&);
extern template void gemm_nn<double>(std::byte* const*, const KernelArguments&);
extern template void gemm_nt<float>(std::byte* const*, const KernelArguments&);
extern template void gemm_nt<double>(std::byte* const*, const KernelArguments&);
extern template void gemm_tn<float>(std::byte* const*, const KernelArguments&);
extern template void gemm_tn<double>(std::byte* const*, const KernelArguments&);
extern template void reduce_sum<float>(std::byte* const*, const KernelArguments&);
extern template void reduce_sum<double>(std::byte* const*, const KernelArguments&);
extern template void softmax<float>(std::byte* const*, const KernelArguments&);
extern template void softmax<double>(std::byte* const*, const KernelArguments&);
extern template void softmax_output_gradient<float>(std::byte* const*, const KernelArguments&);
extern template void softmax_output_gradient<double>(std::byte* const*, const KernelArguments&);
// clang-format on
#endif

} // namespace cleave::kernels::inline CLEAVE_KERNELS

namespace cleave::detail {

/// One of two instantiations, by element type.
constexpr Kernel pick_kernel(DType type, Kernel for_float, Kernel for_double) {
  return type == DType::f64 ? for_double : for_float;
}

} // namespace cleave::detail

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(cpu, gemm)
#include CLEAVE_SOURCE(cpu, reduce)
#include CLEAVE_SOURCE(cpu, softmax)
#endif
