// SPDX-License-Identifier: Apache-2.0
// Pooling over one, two or three axes, and its gradients.
#pragma once

#include <cleave/graph/kernel.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS {

// Of all: x is [planes][in...], y [planes][out...]; a plane is one channel of one image. Three axes always: leading
// ones of a smaller rank have extent, kernel and stride 1, and pad 0. The window of a result begins at stride * i - pad
// along each axis. The caller chooses `out`, so any convention of rounding can be had; windows that reach over the
// padded input are clipped to it.
//   sizes = {planes, in (3), out (3), kernel (3), stride (3), pad (3)}
//
// Bits: a plane's results depend on no other plane; a window is summed in the order of its positions, one by one, but
// where it is a whole plane: there by position modulo 16 (f64: 8) first.

/// y: the greatest of each window; padding takes no part, and NaN is greater than all. Where bit 0 of masks[0] is set,
/// operand 2 is written too: int32 positions in the input plane, of equals the first; -1 for a window without cells, or
/// with none above -infinity.
template <class T>
void pool_max(std::byte* const* arenas, const KernelArguments& call);
/// dx: operands dy and those positions. What several windows give one cell is added in the order of windows.
template <class T>
void pool_max_gradient(std::byte* const* arenas, const KernelArguments& call);

/// y: the sum of each window. Bit 0 of masks[0]: divided by its cells, those in the padding counted; bit 1: by those in
/// the input only. A window without cells gives 0.
template <class T>
void pool_sum(std::byte* const* arenas, const KernelArguments& call);
/// dx: the operand dy, and the same bits.
template <class T>
void pool_sum_gradient(std::byte* const* arenas, const KernelArguments& call);

/// y: (sum |x|^p)^(1/p) with p = numbers[0] > 0.
template <class T>
void pool_lp(std::byte* const* arenas, const KernelArguments& call);
/// dx: operands x, y, dy. The derivative at y = 0 is taken to be 0.
template <class T>
void pool_lp_gradient(std::byte* const* arenas, const KernelArguments& call);

#if !defined(CLEAVE_HEADER_ONLY)
extern template void pool_max<float>(std::byte* const*, const KernelArguments&);
extern template void pool_max<double>(std::byte* const*, const KernelArguments&);
extern template void pool_max_gradient<float>(std::byte* const*, const KernelArguments&);
extern template void pool_max_gradient<double>(std::byte* const*, const KernelArguments&);
extern template void pool_sum<float>(std::byte* const*, const KernelArguments&);
extern template void pool_sum<double>(std::byte* const*, const KernelArguments&);
extern template void pool_sum_gradient<float>(std::byte* const*, const KernelArguments&);
extern template void pool_sum_gradient<double>(std::byte* const*, const KernelArguments&);
extern template void pool_lp<float>(std::byte* const*, const KernelArguments&);
extern template void pool_lp<double>(std::byte* const*, const KernelArguments&);
extern template void pool_lp_gradient<float>(std::byte* const*, const KernelArguments&);
extern template void pool_lp_gradient<double>(std::byte* const*, const KernelArguments&);
#endif

} // namespace cleave::kernels::inline CLEAVE_KERNELS

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(cpu, pooling)
#include CLEAVE_SOURCE(cpu, pooling_gradient)
#endif
