// SPDX-License-Identifier: Apache-2.0
// Reductions in which a run of neighbours is kept: a chunk of results is made at once, row under row, each column in an
// accumulator of its own. Where rows are narrow, several that lie one after another count as one wide row: its columns
// are joined in a binary tree at the end.
#pragma once

#include "reduce_fold.hpp"
#include "reduce_loops.hpp"

namespace cleave::kernels::inline CLEAVE_KERNELS::folds {

/// Results made at once: their accumulators stay in the first-level cache.
template <class A>
inline constexpr extent chunk = 2048 / static_cast<extent>(sizeof(A));

template <class F>
class Columns {
  using A = typename F::A;
  using In = typename F::In;
  using Whole = typename F::Whole;

public:
  /// `width`: at most a chunk. `end`: of the operand's memory, up to which elements that do not count may be read.
  Columns(extent width, const In* end)
      : width_(width),
        full_(width / register_lanes * register_lanes),
        tail_(std::max(width - register_lanes, extent(0))),
        has_tail_(full_ < width),
        end_(end) {
    for (extent i = 0; i < full_ + (has_tail_ ? register_lanes : 0); i += register_lanes) {
      store(at_ + i, all_lanes<A>(F::start()));
    }
  }
  /// `count` rows, `stride` apart.
  void add(const In* x, extent count, extent stride) {
    while (count > 0) {
      const extent now = is_wide<F> ? std::min(count, block_depth - added_) : count;
      add_rows(x, now, stride);
      x += now * stride;
      count -= now;
      added_ += now;
      if (is_wide<F> && added_ == block_depth) {
        join();
      }
    }
  }
  /// One row more for the first `columns` columns alone.
  void add_part(const In* x, extent columns) {
    for (extent i = 0; i < columns; ++i) {
      at_[place_of(i)] = F::add(at_[place_of(i)], static_cast<A>(x[i]));
    }
  }
  /// Of all rows; columns i, i + width / phases, ... are joined. Gives width / phases totals.
  void totals(A* out, extent phases) {
    if constexpr (is_wide<F>) {
      if (is_joined_) {
        join();
        Whole line[chunk<A>];
        join_phases(line, whole_, phases);
        for (extent i = 0; i < width_ / phases; ++i) {
          out[i] = static_cast<A>(line[i]);
        }
        return;
      }
    }
    if (phases == 1) {
      copy_line(out, at_);
    } else {
      A line[chunk<A>];
      join_phases(line, at_, phases);
      std::copy_n(line, width_ / phases, out);
    }
  }

private:
  static constexpr extent register_lanes = Lanes<A>::count;

  // The last columns have a register of their own, which overlaps the one before in the operand.
  [[nodiscard]] extent place_of(extent i) const { return i < full_ ? i : i - tail_ + full_; }

  template <class T>
  void copy_line(T* to, const T* at) const {
    std::copy_n(at, full_, to);
    for (extent i = full_; i < width_; ++i) {
      to[i] = at[place_of(i)];
    }
  }
  template <class T>
  void join_phases(T* line, const T* at, extent phases) const {
    copy_line(line, at);
    for (extent half = phases / 2; half > 0; half /= 2) {
      const extent columns = half * (width_ / phases);
      CLEAVE_INDEPENDENT
      for (extent i = 0; i < columns; ++i) {
        line[i] = F::join(line[i], line[i + columns]);
      }
    }
  }
  void add_rows(const In* x, extent count, extent stride) {
    for (extent first = 0; first < count; first += turn_depth, x += turn_depth * stride) {
      const extent rows = std::min(turn_depth, count - first);
      if (full_ == 0) {
        add_narrow(x, rows, stride);
        continue;
      }
      extent i = 0;
      for (; i + 8 * register_lanes <= full_; i += 8 * register_lanes) {
        add_group<8>(at_ + i, x + i, rows, stride);
      }
      if (i + 4 * register_lanes <= full_) {
        add_group<4>(at_ + i, x + i, rows, stride);
        i += 4 * register_lanes;
      }
      if (i + 2 * register_lanes <= full_) {
        add_group<2>(at_ + i, x + i, rows, stride);
        i += 2 * register_lanes;
      }
      if (i + register_lanes <= full_) {
        add_group<1>(at_ + i, x + i, rows, stride);
      }
      if (has_tail_) {
        add_group<1>(at_ + full_, x + tail_, rows, stride);
      }
    }
  }
  template <int Group>
  static void add_group(A* at, const In* x, extent rows, extent stride) {
    Vector<A> sum[Group];
#pragma GCC unroll 8
    for (int v = 0; v < Group; ++v) {
      sum[v] = F::first(lift<A>(x + v * register_lanes));
    }
    for (extent r = 1; r < rows; ++r) {
      x += stride;
#pragma GCC unroll 8
      for (int v = 0; v < Group; ++v) {
        sum[v] = F::add(sum[v], lift<A>(x + v * register_lanes));
      }
    }
#pragma GCC unroll 8
    for (int v = 0; v < Group; ++v) {
      store(at + v * register_lanes, F::join(load(at + v * register_lanes), sum[v]));
    }
  }
  /// Rows narrower than a register: what lies behind a row is added to lanes that nobody reads.
  void add_narrow(const In* x, extent rows, extent stride) {
    const auto row = [&](const In* from) {
      if (end_ - from >= register_lanes) {
        return lift<A>(from);
      }
      In padded[register_lanes] = {};
      std::copy_n(from, width_, padded);
      return lift<A>(padded);
    };
    Vector<A> sum = F::first(row(x));
    for (extent r = 1; r < rows; ++r) {
      sum = F::add(sum, row(x + r * stride));
    }
    store(at_, F::join(load(at_), sum));
  }
  void join() {
    const extent places = full_ + (has_tail_ ? register_lanes : 0);
    for (extent i = 0; i < places; ++i) {
      whole_[i] = F::join(is_joined_ ? whole_[i] : Whole(F::start()), static_cast<Whole>(at_[i]));
      at_[i] = F::start();
    }
    is_joined_ = true;
    added_ = 0;
  }

  alignas(64) A at_[chunk<A> + register_lanes];
  Whole whole_[chunk<A> + register_lanes]; // not set before is_joined_
  extent width_;
  extent full_; // columns in whole registers
  extent tail_; // first column of the last register
  bool has_tail_;
  bool is_joined_ = false;
  extent added_ = 0;
  const In* end_;
};

/// Results of a plan whose run is kept, tile by tile.
template <class F>
class ColumnTiles {
  using A = typename F::A;
  using In = typename F::In;

public:
  static constexpr extent room = chunk<A>; ///< results a tile, at most
  static constexpr bool fills_room = false;

  /// `end`: of the operand's memory.
  ColumnTiles(const ReducePlan& plan, const In* x, const In* end)
      : plan_(plan), x_(x), end_(end), grid_{0, plan.run, room, 1}, phases_(phases_of(plan)) {}

  [[nodiscard]] extent count() const { return grid_.count(plan_); }
  [[nodiscard]] Tile at(extent tile) const { return grid_.at(plan_, tile); }
  void fold(const Tile& tile, A* totals) const {
    const In* const from = x_ + tile.offset;
    Columns<F> columns(tile.count * phases_, end_);
    const int outer = plan_.reduced_count - 1;
    const ReducedLoop inner = outer < 0 ? ReducedLoop{1, 0} : plan_.reduced[outer];
    const auto add = [&](extent at) {
      const extent rows = inner.count / phases_;
      columns.add(from + at, rows, inner.stride * phases_);
      if (phases_ > 1) {
        columns.add_part(from + at + rows * phases_ * inner.stride, inner.count % phases_ * inner.stride);
      }
    };
    visit_loops(plan_.reduced, std::max(outer, 0), 0, add);
    columns.totals(totals, phases_);
  }

private:
  /// Rows that count as one: a power of two, until one is wide enough or too few would be left. With grains it depends
  /// on them, not on the rows there happen to be.
  static extent phases_of(const ReducePlan& plan) {
    const int outer = plan.reduced_count - 1;
    if (outer < 0 || plan.reduced[outer].stride != plan.run || plan.run == 0) {
      return 1;
    }
    const extent rows = outer == 0 && plan.grain > 0 ? plan.grain : plan.reduced[outer].count;
    extent phases = 1;
    while (phases * plan.run < wide<A> && 8 * phases <= rows) {
      phases *= 2;
    }
    return phases;
  }

  const ReducePlan& plan_; // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members): lives as long as a call
  const In* x_;
  const In* end_;
  TileGrid grid_;
  extent phases_;
};

} // namespace cleave::kernels::inline CLEAVE_KERNELS::folds
