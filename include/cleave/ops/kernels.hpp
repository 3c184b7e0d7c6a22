// SPDX-License-Identifier: Apache-2.0
// The narrow door to the compiled kernels (kernels/cpu): run-time extents, float and double. A user's unit never
// parses a linear algebra library. All matrices are row-major.
#pragma once

#include <cleave/graph/kernel.hpp>

namespace cleave::kernels {

/// sizes = {m, n, k}; result m x n.
template <class T>
void gemm_nn(std::byte* const* arenas, const KernelArguments& call); ///< a (m x k) times b (k x n)
template <class T>
void gemm_nt(std::byte* const* arenas, const KernelArguments& call); ///< a (m x k) times b (n x k) transposed
template <class T>
void gemm_tn(std::byte* const* arenas, const KernelArguments& call); ///< a (k x m) transposed times b (k x n)

/// softmax along the last axis. sizes = {rows, classes}.
template <class T>
void softmax(std::byte* const* arenas, const KernelArguments& call);

/// Gradient of softmax_output: operands p (rows x classes) and labels (rows). sizes = {rows, classes, use_ignore},
/// numbers = {scale, ignored label}. A label outside [0, classes) contributes no one-hot entry.
template <class T>
void softmax_output_gradient(std::byte* const* arenas, const KernelArguments& call);

// clang-format off
extern template void gemm_nn<float>(std::byte* const*, const KernelArguments&);
extern template void gemm_nn<double>(std::byte* const*, const KernelArguments&);
extern template void gemm_nt<float>(std::byte* const*, const KernelArguments&);
extern template void gemm_nt<double>(std::byte* const*, const KernelArguments&);
extern template void gemm_tn<float>(std::byte* const*, const KernelArguments&);
extern template void gemm_tn<double>(std::byte* const*, const KernelArguments&);
extern template void softmax<float>(std::byte* const*, const KernelArguments&);
extern template void softmax<double>(std::byte* const*, const KernelArguments&);
extern template void softmax_output_gradient<float>(std::byte* const*, const KernelArguments&);
extern template void softmax_output_gradient<double>(std::byte* const*, const KernelArguments&);
// clang-format on

} // namespace cleave::kernels

namespace cleave::detail {

/// One of two instantiations, by element type.
constexpr Kernel pick_kernel(DType type, Kernel for_float, Kernel for_double) {
  return type == DType::f64 ? for_double : for_float;
}
/// One of five.
constexpr Kernel pick_kernel(DType type, Kernel f32, Kernel f64, Kernel i32, Kernel i64, Kernel u8) {
  switch (type) {
  case DType::f32:
    return f32;
  case DType::f64:
    return f64;
  case DType::i32:
    return i32;
  case DType::i64:
    return i64;
  case DType::u8:
    break;
  }
  return u8;
}

} // namespace cleave::detail
