// SPDX-License-Identifier: Apache-2.0
// Lanes of registers joined in a binary tree.
#pragma once

#include "reduce_fold.hpp"
#include "shuffle.hpp"

namespace cleave::kernels::inline CLEAVE_KERNELS::folds {

/// All lanes of a register, halves joined until one is left.
template <class F, int Distance = Lanes<typename F::A>::count / 2>
typename F::A join_lanes(const Vector<typename F::A>& value) {
  if constexpr (Distance == 0) {
    return value[0];
  } else {
    return join_lanes<F, Distance / 2>(F::join(value, rotate_lanes<typename F::A, Distance>(value)));
  }
}

/// The same of as many registers as one has lanes: lane i of the answer is join_lanes of register i.
template <class F, int Block = Lanes<typename F::A>::count / 2>
[[gnu::always_inline]] inline Vector<typename F::A> join_each(Vector<typename F::A>* rows) {
  using A = typename F::A;
  if constexpr (Block == 0) {
    return rows[0];
  } else {
#pragma GCC unroll 64
    for (extent i = 0; i < Block; ++i) {
      const Vector<A> a = rows[i];
      const Vector<A> b = rows[i + Block];
      if constexpr (F::commutes) { // blends are cheaper than shuffles
        rows[i] = F::join(blend_blocks<A, Block>(a, b), cross_blocks<A, Block>(a, b));
      } else {
        rows[i] = F::join(even_blocks<A, Block>(a, b), odd_blocks<A, Block>(a, b));
      }
    }
    return join_each<F, Block / 2>(rows);
  }
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS::folds
