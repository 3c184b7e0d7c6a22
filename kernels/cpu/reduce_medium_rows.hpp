// SPDX-License-Identifier: Apache-2.0
// Results of one run each that is neither short nor very long: a row's accumulators stay in registers until they are
// one, and those of several rows are joined across, all together.
#pragma once

#include "reduce_join.hpp"
#include "reduce_loops.hpp"

namespace cleave::kernels::inline CLEAVE_KERNELS::folds {

template <class F>
class MediumRows {
  using A = typename F::A;
  using In = typename F::In;

public:
  static constexpr int count = Lanes<A>::count;                 ///< results at once
  static constexpr extent lanes = 4 * narrow<A>;                ///< accumulators a row
  static constexpr extent longest = 2 * turn_depth * lanes - 1; ///< of runs
  /// Worth its code where numbers are floats, which are most.
  static constexpr bool is_there = std::is_floating_point_v<In>;

  explicit MediumRows(extent run) : run_(run), whole_(run / lanes * lanes) {
    for (extent l = 0; l < narrow<A>; ++l) { // the last block also holds elements of the one before
      counts_[l] = static_cast<A>(l >= narrow<A> - run % narrow<A>);
    }
  }
  /// `rows` results whose runs begin `distance` apart; writes `count` totals.
  void fold(const In* x, extent distance, int rows, A* totals) const {
    Vector<A> each[count];
    for (int w = 0; w < count; ++w) {
      each[w] = w < rows ? fold_row(x + w * distance) : all_lanes<A>(F::start());
    }
    store(totals, join_each<F>(each));
  }

private:
  static constexpr int blocks = static_cast<int>(lanes / narrow<A>);
  static constexpr int parts = static_cast<int>(narrow<A>) / count; // registers a block, on any instruction set
  static constexpr int registers = blocks * parts;

  [[gnu::always_inline]] [[nodiscard]] Vector<A> fold_row(const In* x) const {
    Vector<A> sum[registers];
#pragma GCC unroll 16
    for (int r = 0; r < registers; ++r) {
      sum[r] = F::first(lift<A>(x + r * count));
    }
    for (extent i = lanes; i < whole_; i += lanes) {
#pragma GCC unroll 16
      for (int r = 0; r < registers; ++r) {
        sum[r] = F::add(sum[r], lift<A>(x + i + r * count));
      }
    }
#pragma GCC unroll 16
    for (int b = 0; b + 1 < blocks; ++b) {
      const extent i = whole_ + b * narrow<A>;
      if (i + narrow<A> <= run_) {
#pragma GCC unroll 16
        for (int p = 0; p < parts; ++p) {
          sum[b * parts + p] = F::add(sum[b * parts + p], lift<A>(x + i + p * count));
        }
      }
    }
    if (run_ % narrow<A> > 0) {
#pragma GCC unroll 16
      for (int p = 0; p < parts; ++p) {
        const Vector<A> last = lift<A>(x + run_ - narrow<A> + p * count);
        const Vector<A> counted = load(counts_ + p * count) != 0 ? last : all_lanes<A>(F::start());
        sum[registers - parts + p] = F::add(sum[registers - parts + p], counted);
      }
    }
#pragma GCC unroll 16
    for (int half = registers / 2; half > 0; half /= 2) {
#pragma GCC unroll 16
      for (int r = 0; r < half; ++r) {
        sum[r] = F::join(sum[r], sum[r + half]);
      }
    }
    return sum[0];
  }

  A counts_[narrow<A>]; // 1 for the lanes of a run's last block that count
  extent run_;
  extent whole_;
};

} // namespace cleave::kernels::inline CLEAVE_KERNELS::folds
