// SPDX-License-Identifier: Apache-2.0
// Normalisations, float and double. y = (x - mean) * rstd * gamma + beta with rstd = 1 / sqrt(variance + eps) and the
// biased variance. A kernel with several results writes those after the first through operands of theirs.
#pragma once

#include <cleave/graph/kernel.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS {

// Normalisation of rows: each by its own mean and variance. A row of the matrix has channels * space elements, `space`
// neighbours of which share their gamma and beta; rows take turns among `turns` rows of gamma and beta.
//   layer norm of [N, C]: {N, C, 1, 1}     instance norm of [N, C, S]: {N * C, 1, S, C}
//   group norm of [N, C, S] with G groups: {N * G, C / G, S, G}
// sizes = {rows, channels, space, turns}.

/// Operands x, gamma, beta, and the results mean and rstd, one a row; numbers[0] is eps.
template <class T>
void normalize_rows(std::byte* const* arenas, const KernelArguments& call);
/// Operands dy, x, gamma, mean, rstd: rstd * (g - mean of g - xhat * mean of g * xhat) with g = dy * gamma and
/// xhat = (x - mean) * rstd.
template <class T>
void normalize_rows_gradient(std::byte* const* arenas, const KernelArguments& call);
/// Operands dy, x, mean, rstd: the gradients of gamma, then those of beta, each turns * channels: sums over rows of
/// dy * xhat and of dy. sizes[4], sizes[5] = grain and first row, in batches of `turns` rows (kernels/cpu/grain.hpp):
/// with grains, one result for each root.
template <class T>
void normalize_rows_affine_gradient(std::byte* const* arenas, const KernelArguments& call);

// Normalisation of channels over the rows and positions of a batch x [rows, channels, space]: sizes = {rows, channels,
// space}. sizes[3], sizes[4] = grain and first row of what reduces.

/// Operand x: for each channel the sum, then for each the sum of squares around the channel's mean. With grains, one
/// such result for each root, which batch_moments joins.
template <class T>
void batch_statistics(std::byte* const* arenas, const KernelArguments& call);
/// Operand: the roots of batch_statistics over a whole batch; the second result is operand 2: mean and variance of each
/// channel. sizes = {rows, channels, space, grain, slices, first row of slice 1, 2, ...}; without grains, one root.
template <class T>
void batch_moments(std::byte* const* arenas, const KernelArguments& call);
/// Operands x, mean, variance, gamma, beta; numbers[0] is eps. sizes[3] bit 0: gamma is 1 and not read.
template <class T>
void batch_norm(std::byte* const* arenas, const KernelArguments& call);
/// Operands dy, x, mean, variance; numbers[0] is eps: for each channel the sum of dy, which is beta's gradient, then
/// for each the sum of dy * xhat, which is gamma's. With grains, one such result for each root, to be added.
template <class T>
void batch_norm_sums(std::byte* const* arenas, const KernelArguments& call);
/// Operands dy, x, mean, variance, gamma, sums (those of batch_norm_sums over the whole batch); numbers = {eps, 1 / n}
/// with n the rows and positions that the statistics are of, 0 for statistics that do not depend on the batch:
/// gamma * rstd * (dy - sum of dy / n - xhat * sum of dy * xhat / n). sizes[3] bit 0: gamma is 1 and not read.
template <class T>
void batch_norm_gradient(std::byte* const* arenas, const KernelArguments& call);

#if !defined(CLEAVE_HEADER_ONLY)
// clang-format off
extern template void normalize_rows<float>(std::byte* const*, const KernelArguments&);
extern template void normalize_rows<double>(std::byte* const*, const KernelArguments&);
extern template void normalize_rows_gradient<float>(std::byte* const*, const KernelArguments&);
extern template void normalize_rows_gradient<double>(std::byte* const*, const KernelArguments&);
extern template void normalize_rows_affine_gradient<float>(std::byte* const*, const KernelArguments&);
extern template void normalize_rows_affine_gradient<double>(std::byte* const*, const KernelArguments&);
extern template void batch_statistics<float>(std::byte* const*, const KernelArguments&);
extern template void batch_statistics<double>(std::byte* const*, const KernelArguments&);
extern template void batch_moments<float>(std::byte* const*, const KernelArguments&);
extern template void batch_moments<double>(std::byte* const*, const KernelArguments&);
extern template void batch_norm<float>(std::byte* const*, const KernelArguments&);
extern template void batch_norm<double>(std::byte* const*, const KernelArguments&);
extern template void batch_norm_sums<float>(std::byte* const*, const KernelArguments&);
extern template void batch_norm_sums<double>(std::byte* const*, const KernelArguments&);
extern template void batch_norm_gradient<float>(std::byte* const*, const KernelArguments&);
extern template void batch_norm_gradient<double>(std::byte* const*, const KernelArguments&);
// clang-format on
#endif

} // namespace cleave::kernels::inline CLEAVE_KERNELS

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(cpu, normalize_batch)
#include CLEAVE_SOURCE(cpu, normalize_rows)
#endif
