// SPDX-License-Identifier: Apache-2.0
// What a matrix product is asked for, and what its bits depend on beside the operands: the chunks of k.
#pragma once

#include "gemm_finish.hpp"
#include "parallel.hpp"

namespace cleave::kernels::inline CLEAVE_ISA {

/// out (m x n) = a b. Stored: what elements are in memory; they are computed as T.
template <class T, class Stored = T>
struct Product {
  Stored* out = nullptr;
  const Stored* a = nullptr; ///< m x k, or k x m where it is to be transposed
  const Stored* b = nullptr; ///< k x n, or n x k
  extent m = 0;
  extent n = 0;
  extent k = 0;
  bool transpose_a = false;
  bool transpose_b = false;
  // Elements from one row to the next, as the matrices lie in memory.
  extent out_row = n;
  extent a_row = transpose_a ? m : k;
  extent b_row = transpose_b ? k : n;
  /// Rows of k a grain, 0: none; the first of them in the whole batch. With grains there is one result per aligned
  /// block, `root` elements apart (see grain.hpp); the epilogue is applied to each.
  extent grain = 0;
  extent first_row = 0;
  extent root = 0;
  Epilogue<T> epilogue = {};
};

namespace gemm {

constexpr extent ceil(extent a, extent b) { return (a + b - 1) / b; }

/// Chunks of k are at most this deep: a strip of a then fills half of a cache of the first level.
inline constexpr extent most_depth = 512;
/// Steps of k in a chunk.
constexpr extent chunk_of(extent k) { return k <= most_depth ? k : ceil(ceil(k, ceil(k, most_depth)), 8) * 8; }

/// Multiplications that threads do not share.
inline constexpr extent unshared_work = static_cast<extent>(cleave::detail::worthwhile_ns * flops_per_ns);

/// Half of a cache of the second level. Rows of b that extend over more are packed where several strips use them.
inline constexpr extent near_bytes = extent(512) * 1024;

} // namespace gemm
} // namespace cleave::kernels::inline CLEAVE_ISA
