// SPDX-License-Identifier: Apache-2.0
// Convolutions (cross-correlations) over one, two or three axes, and their gradients.
#pragma once

#include <cleave/graph/kernel.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS {

// Of all: x is [batch][channels][in...], weights [results][channels / groups][kernel...], y [batch][results][out...],
// where out = floor((in + 2 pad - dilation (kernel - 1) - 1) / stride) + 1 along each axis. Three axes always: leading
// ones of a smaller rank have extent, kernel, stride and dilation 1, and pad 0.
//   sizes = {batch, channels, results, groups, in (3), kernel (3), stride (3), pad (3), dilation (3)}
// A transposed convolution is the data gradient of one: its input has the place of dy and its result that of x, so that
// its own data gradient is `convolve`, and its weight gradient the same kernel with the two operands exchanged.
//
// Bits: an image's results depend on no other image. y is summed over (channel, kernel...) in their order by one chain
// of multiply-adds that begins with the bias; positions in the padding take part as zeros.

/// y: operands x, weights and, where bit 0 of masks[0] is set, a bias per result.
template <class T>
void convolve(std::byte* const* arenas, const KernelArguments& call);

/// dx: operands dy, weights and, where bit 0 of masks[0] is set, a bias per channel (of a transposed convolution).
template <class T>
void convolve_data_gradient(std::byte* const* arenas, const KernelArguments& call);

/// dweights: operands x, dy. sizes also = {..., grain, first_row}: with a grain > 0, one root per aligned block of
/// grains (kernels/cpu/grain.hpp), results * channels / groups * kernel elements apart; with 0 one plain sum.
template <class T>
void convolve_weight_gradient(std::byte* const* arenas, const KernelArguments& call);

/// dbias, [results]: the operand dy, [batch][results][inner]. sizes = {batch, results, inner, grain, first_row}.
template <class T>
void convolve_bias_gradient(std::byte* const* arenas, const KernelArguments& call);

#if !defined(CLEAVE_HEADER_ONLY)
// clang-format off
extern template void convolve<float>(std::byte* const*, const KernelArguments&);
extern template void convolve<double>(std::byte* const*, const KernelArguments&);
extern template void convolve_data_gradient<float>(std::byte* const*, const KernelArguments&);
extern template void convolve_data_gradient<double>(std::byte* const*, const KernelArguments&);
extern template void convolve_weight_gradient<float>(std::byte* const*, const KernelArguments&);
extern template void convolve_weight_gradient<double>(std::byte* const*, const KernelArguments&);
extern template void convolve_bias_gradient<float>(std::byte* const*, const KernelArguments&);
extern template void convolve_bias_gradient<double>(std::byte* const*, const KernelArguments&);
// clang-format on
#endif

} // namespace cleave::kernels::inline CLEAVE_KERNELS

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(cpu, convolve)
#include CLEAVE_SOURCE(cpu, convolve_data_gradient)
#include CLEAVE_SOURCE(cpu, convolve_weight_gradient)
#endif
