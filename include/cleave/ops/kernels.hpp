// SPDX-License-Identifier: Apache-2.0
// The narrow door to the compiled kernels (kernels/cpu): run-time extents, float and double. A user's unit never
// parses a linear algebra library. All matrices are row-major.
#pragma once

#include <cleave/graph/kernel.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS {

// Rows along an axis: sizes = {outer, classes, inner}, element c of a row lies c * inner behind its first.

/// softmax of numbers[0] * x. A row of -inf gives zeros.
template <class T>
void softmax(std::byte* const* arenas, const KernelArguments& call);
/// Its logarithm. A row of -inf gives -inf.
template <class T>
void log_softmax(std::byte* const* arenas, const KernelArguments& call);
/// Operands y, dy: numbers[0] * y * (dy - sum over the row of y * dy).
template <class T>
void softmax_gradient(std::byte* const* arenas, const KernelArguments& call);
/// Operands y, dy: numbers[0] * (dy - exp(y) * sum over the row of dy).
template <class T>
void log_softmax_gradient(std::byte* const* arenas, const KernelArguments& call);

// With labels, one a row: sizes[3] bit 0: rows of the label numbers[1] are ignored. Smoothing numbers[0] leaves 1 - s
// to the label's class and gives each other class s / (classes - 1).

/// Operands x, labels: minus the mean of each row under its smoothed label, 0 where it is ignored. Errors: throws Error
/// for a label outside [0, classes).
template <class T>
void nll(std::byte* const* arenas, const KernelArguments& call);
/// Operands x (not read), labels, dy of each row: minus the smoothed label times dy.
template <class T>
void nll_gradient(std::byte* const* arenas, const KernelArguments& call);
/// Gradient of softmax_output: operands p and labels. A label outside [0, classes) is no class. sizes[3] bit 1: labels
/// are probabilities, p - label.
template <class T>
void softmax_output_gradient(std::byte* const* arenas, const KernelArguments& call);
/// Gradient of svm_output: operands x and labels. numbers = {margin, regularization}, sizes[3] bit 0: linear, not
/// squared hinge.
template <class T>
void svm_output_gradient(std::byte* const* arenas, const KernelArguments& call);

/// Operands x and the random key {seed, pass, first row}. sizes = {rank, extents (6), distances between the positions
/// of the mask that neighbours along an axis have (6), the distance of the batch axis}; numbers = {p, hash of the
/// layer's name}.
template <class T>
void dropout(std::byte* const* arenas, const KernelArguments& call);

/// Elements of another type: sizes = {count, DType of the operand, DType of the result}.
void cast(std::byte* const* arenas, const KernelArguments& call);

#if !defined(CLEAVE_HEADER_ONLY)
// clang-format off
extern template void softmax<float>(std::byte* const*, const KernelArguments&);
extern template void softmax<double>(std::byte* const*, const KernelArguments&);
extern template void log_softmax<float>(std::byte* const*, const KernelArguments&);
extern template void log_softmax<double>(std::byte* const*, const KernelArguments&);
extern template void softmax_gradient<float>(std::byte* const*, const KernelArguments&);
extern template void softmax_gradient<double>(std::byte* const*, const KernelArguments&);
extern template void log_softmax_gradient<float>(std::byte* const*, const KernelArguments&);
extern template void log_softmax_gradient<double>(std::byte* const*, const KernelArguments&);
extern template void dropout<float>(std::byte* const*, const KernelArguments&);
extern template void dropout<double>(std::byte* const*, const KernelArguments&);
extern template void nll<float>(std::byte* const*, const KernelArguments&);
extern template void nll<double>(std::byte* const*, const KernelArguments&);
extern template void nll_gradient<float>(std::byte* const*, const KernelArguments&);
extern template void nll_gradient<double>(std::byte* const*, const KernelArguments&);
extern template void softmax_output_gradient<float>(std::byte* const*, const KernelArguments&);
extern template void softmax_output_gradient<double>(std::byte* const*, const KernelArguments&);
extern template void svm_output_gradient<float>(std::byte* const*, const KernelArguments&);
extern template void svm_output_gradient<double>(std::byte* const*, const KernelArguments&);
// clang-format on
#endif

} // namespace cleave::kernels::inline CLEAVE_KERNELS

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

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(ops, cast)
#include CLEAVE_SOURCE(cpu, dropout)
#include CLEAVE_SOURCE(cpu, loss)
#include CLEAVE_SOURCE(cpu, softmax)
#include CLEAVE_SOURCE(cpu, softmax_gradient)
#endif
