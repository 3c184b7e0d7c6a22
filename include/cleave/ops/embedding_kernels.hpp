// SPDX-License-Identifier: Apache-2.0
// Rows of a table that an array of indices names: embedding, take along an axis, and their gradient.
#pragma once

#include <cleave/ops/kernels.hpp>

namespace cleave {

/// What an index outside [0, rows) means. A fraction is dropped; NaN counts as 0 where it is not refused.
enum class Outside : unsigned char {
  clip,  ///< the first or the last row (MXNet's Embedding, and its take by default)
  wrap,  ///< counted on around the table, as often as it takes; -1 is the last row
  refuse ///< an Error
};

} // namespace cleave

namespace cleave::kernels::inline CLEAVE_KERNELS {

// sizes = {outer, rows, width, indices, DType of the indices, Outside}. A table is outer x rows x width, of it the
// result is outer x indices x width. Errors: throws Error for an index that is refused; nothing has been written then.

/// Operands: the table, the indices. Elements of the size of `Word`.
template <class Word>
void gather_rows(std::byte* const* arenas, const KernelArguments& call);

/// The gradient of the table. Operands: the indices, the cotangent of gather_rows' result. Each of the table's rows is
/// the sum, from zero and in order, of those that name it, and the same for any number of threads. sizes go on with
/// {grain, first row}, in indices: with a grain (outer is 1) the result has one table for each aligned block of grains
/// (kernels/cpu/grain.hpp), one after another.
template <class T>
void scatter_rows(std::byte* const* arenas, const KernelArguments& call);

#if !defined(CLEAVE_HEADER_ONLY)
extern template void gather_rows<std::uint8_t>(std::byte* const*, const KernelArguments&);
extern template void gather_rows<std::uint32_t>(std::byte* const*, const KernelArguments&);
extern template void gather_rows<std::uint64_t>(std::byte* const*, const KernelArguments&);
extern template void scatter_rows<float>(std::byte* const*, const KernelArguments&);
extern template void scatter_rows<double>(std::byte* const*, const KernelArguments&);
#endif

} // namespace cleave::kernels::inline CLEAVE_KERNELS

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(cpu, embedding)
#endif
