// SPDX-License-Identifier: Apache-2.0
// Reductions of runs of neighbours, tile by tile.
#pragma once

#include "reduce_long_row.hpp"
#include "reduce_medium_rows.hpp"
#include "reduce_short_rows.hpp"

namespace cleave::kernels::inline CLEAVE_KERNELS::folds {

/// Results of a plan whose run is reduced, tile by tile.
template <class F>
class RowTiles {
  using A = typename F::A;
  using In = typename F::In;

public:
  static constexpr extent room = ShortRows<F>::count; ///< results a tile, at most
  static constexpr bool fills_room = true;            ///< fold writes so many, whatever the tile has

  /// `end`: of the operand's memory.
  RowTiles(const ReducePlan& plan, const In* x, const In* end)
      : plan_(plan),
        x_(x),
        short_(plan.run, end),
        medium_(plan.run),
        grid_{0, 1, 1, 0},
        prefetches_(plan.reduced_count == 0 && is_far(plan.elements * static_cast<extent>(sizeof(In)), plan.run)) {
    if (plan.kept_count > 0) {
      const ReducedLoop& last = plan.kept[plan.kept_count - 1];
      grid_ = {1, last.count, 1, last.stride};
    }
    // (where grains cut the run itself, the length of what is left must not decide)
    const bool is_cut = plan.grain > 0 && plan.reduced_count == 0;
    const bool is_short = plan.run < long_run<A> && !is_cut;
    is_medium_ = MediumRows<F>::is_there && plan.run >= long_run<A> && plan.run <= MediumRows<F>::longest &&
                 plan.reduced_count == 0 && !is_cut;
    if (is_short || is_medium_) {
      grid_.width = room;
    }
  }
  [[nodiscard]] extent count() const { return grid_.count(plan_); }
  [[nodiscard]] Tile at(extent tile) const { return grid_.at(plan_, tile); }
  /// Between the elements of a tile's results.
  [[nodiscard]] extent distance() const { return grid_.distance; }
  /// Room for `room` totals, whatever the tile has.
  [[gnu::always_inline]] void fold(const Tile& tile, A* totals) const {
    const In* const from = x_ + tile.offset;
    if (prefetches_) {
      prefetch(from, grid_.width > 1 ? tile.count * plan_.run : plan_.run);
    }
    if (grid_.width > 1) {
      const int rows = static_cast<int>(tile.count);
      if constexpr (MediumRows<F>::is_there) {
        if (is_medium_) {
          medium_.fold(from, grid_.distance, rows, totals);
          return;
        }
      }
      if (plan_.reduced_count == 0) {
        short_.fold_once(from, grid_.distance, rows, totals);
      } else {
        short_.fold(from, grid_.distance, rows, plan_.reduced, plan_.reduced_count, totals);
      }
      return;
    }
    fold_long(from, totals);
  }

private:
  [[gnu::noinline]] void fold_long(const In* x, A* totals) const {
    Row<F> row;
    const auto add = [&](extent at) { row.add(x + at, plan_.run); };
    visit_loops(plan_.reduced, plan_.reduced_count, 0, add);
    totals[0] = row.total();
  }

  // Short rows are read by loads that cross cache lines, which are slow where the second line is not there, and the
  // hardware's own prefetching starts anew with every row. (Not inlined, g++ takes it for a function without effects.)
  [[gnu::always_inline]] static void prefetch(const In* x, extent count) {
    constexpr extent ahead = 4096 / static_cast<extent>(sizeof(In));
    constexpr extent line = 64 / static_cast<extent>(sizeof(In));
    const In* const from = x + std::max(ahead, count);
    const extent most = std::min(count, 4 * ahead);
    for (extent i = 0; i < most; i += line) {
      __builtin_prefetch(from + i);
    }
  }
  static bool is_far(extent bytes, extent run) {
    constexpr extent second_level = 512 << 10;
    constexpr extent last_level = 8 << 20;
    return bytes > (run < narrow<A> ? second_level : last_level);
  }

  const ReducePlan& plan_; // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members): lives as long as a call
  const In* x_;
  ShortRows<F> short_;
  MediumRows<F> medium_;
  TileGrid grid_;
  bool prefetches_;
  bool is_medium_ = false;
};

} // namespace cleave::kernels::inline CLEAVE_KERNELS::folds
