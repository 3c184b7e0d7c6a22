// SPDX-License-Identifier: Apache-2.0
// One result of runs of any length. Element i of a run goes to accumulator i mod `wide`, those of some turns together;
// accumulators are joined in a binary tree.
#pragma once

#include "reduce_join.hpp"
#include "reduce_loops.hpp"

namespace cleave::kernels::inline CLEAVE_KERNELS::folds {

/// One result, from runs of any length.
template <class F>
class Row {
  using A = typename F::A;
  using In = typename F::In;
  using Whole = typename F::Whole;

public:
  Row() {
    for (extent l = 0; l < wide<A>; l += register_lanes) {
      store(lane_ + l, all_lanes<A>(F::start()));
    }
  }
  void add(const In* x, extent count) {
    if constexpr (!is_wide<F>) {
      add_run(x, count);
    } else {
      while (count > 0) {
        const extent now = std::min(count, block_depth * wide<A> - added_);
        add_run(x, now);
        x += now;
        count -= now;
        added_ += now;
        if (added_ == block_depth * wide<A>) {
          whole_ = total_so_far();
          for (extent l = 0; l < wide<A>; l += register_lanes) {
            store(lane_ + l, all_lanes<A>(F::start()));
          }
          added_ = 0;
        }
      }
    }
  }
  [[nodiscard]] A total() { return static_cast<A>(total_so_far()); }

private:
  static constexpr extent register_lanes = Lanes<A>::count;
  static constexpr int group = 8; // registers that are added to at once
  void add_run(const In* x, extent count) {
    const extent blocks = count / wide<A>;
    for (extent first = 0; first < blocks; first += turn_depth) {
      for (extent l = 0; l < wide<A>; l += group * register_lanes) {
        add_blocks(lane_ + l, x + first * wide<A> + l, std::min(turn_depth, blocks - first));
      }
    }
    x += blocks * wide<A>;
    const extent rest = count - blocks * wide<A>;
    extent l = 0;
    for (; l + register_lanes <= rest; l += register_lanes) {
      store(lane_ + l, F::add(load(lane_ + l), lift<A>(x + l)));
    }
    for (; l < rest; ++l) {
      lane_[l] = F::add(lane_[l], static_cast<A>(x[l]));
    }
  }
  static void add_blocks(A* lanes, const In* x, extent blocks) {
    Vector<A> sum[group];
#pragma GCC unroll 8
    for (int v = 0; v < group; ++v) {
      sum[v] = F::first(lift<A>(x + v * register_lanes));
    }
    for (extent b = 1; b < blocks; ++b) {
      x += wide<A>;
#pragma GCC unroll 8
      for (int v = 0; v < group; ++v) {
        sum[v] = F::add(sum[v], lift<A>(x + v * register_lanes));
      }
    }
#pragma GCC unroll 8
    for (int v = 0; v < group; ++v) {
      store(lanes + v * register_lanes, F::join(load(lanes + v * register_lanes), sum[v]));
    }
  }
  Whole total_so_far() {
    for (extent half = wide<A> / 2; half >= register_lanes; half /= 2) {
      for (extent l = 0; l < half; l += register_lanes) {
        store(lane_ + l, F::join(load(lane_ + l), load(lane_ + l + half)));
      }
    }
    const A joined = join_lanes<F>(load(lane_));
    if constexpr (is_wide<F>) {
      return F::join(whole_, static_cast<Whole>(joined));
    } else {
      return joined;
    }
  }

  alignas(64) A lane_[wide<A>];
  Whole whole_ = F::start();
  extent added_ = 0;
};

} // namespace cleave::kernels::inline CLEAVE_KERNELS::folds
