// SPDX-License-Identifier: Apache-2.0
// Reductions of runs of neighbours. Element i of a long run goes to accumulator i mod `wide`; accumulators are joined
// in a binary tree. Of short runs, as many results are made at once as a register has lanes: each in a few accumulators
// of its own, which are then joined across, all results together.
#pragma once

#include "reduce_fold.hpp"
#include "reduce_loops.hpp"
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
      const Vector<A> first = rows[2 * i];
      const Vector<A> second = rows[2 * i + 1];
      rows[i] = F::join(even_blocks<A, Block>(first, second), odd_blocks<A, Block>(first, second));
    }
    return join_each<F, Block / 2>(rows);
  }
}

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
  static constexpr extent turns = 16;

  void add_run(const In* x, extent count) {
    const extent blocks = count / wide<A>;
    for (extent first = 0; first < blocks; first += turns) {
      for (extent l = 0; l < wide<A>; l += group * register_lanes) {
        add_blocks(lane_ + l, x + first * wide<A> + l, std::min(turns, blocks - first));
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
      sum[v] = load(lanes + v * register_lanes);
    }
    for (extent b = 0; b < blocks; ++b, x += wide<A>) {
#pragma GCC unroll 8
      for (int v = 0; v < group; ++v) {
        sum[v] = F::add(sum[v], lift<A>(x + v * register_lanes));
      }
    }
#pragma GCC unroll 8
    for (int v = 0; v < group; ++v) {
      store(lanes + v * register_lanes, sum[v]);
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

/// Runs shorter than this are short.
template <class A>
inline constexpr extent long_run = 2 * wide<A>;

/// As many results as a register has lanes, each from short runs of the same length.
template <class F>
class ShortRows {
  using A = typename F::A;
  using In = typename F::In;
  using Whole = typename F::Whole;

public:
  static constexpr int count = Lanes<A>::count;

  /// `end`: of the operand's memory, up to which elements that do not count may be read.
  ShortRows(extent run, const In* end) : run_(run), rest_(run % narrow<A>), end_(end) {
    // the last register of a longer run also holds elements of the one before
    for (extent l = 0; l < narrow<A>; ++l) {
      counts_[l] = static_cast<A>(run < narrow<A> ? l < rest_ : l >= narrow<A> - rest_);
    }
  }
  /// `rows` results whose runs begin `distance` apart, at every position of nested loops.
  void fold(const In* x, extent distance, int rows, const ReducedLoop* loops, int loop_count, A* totals) const {
    Vector<A> sum[count * parts];
    clear(sum, count);
    Whole whole[count];
    std::fill_n(whole, count, Whole(F::start()));
    [[maybe_unused]] bool is_joined = false; // NOLINT(misc-const-correctness): set where F is wide
    [[maybe_unused]] extent added = 0;       // NOLINT(misc-const-correctness)
    const auto visit = [&](extent offset) {
      if constexpr (is_wide<F>) {
        added += run_ / narrow<A> + 1;
        if (added > block_depth) {
          add_to_whole(whole, sum);
          is_joined = true;
          added = run_ / narrow<A> + 1;
        }
      }
      add_runs(sum, x + offset, distance, rows);
    };
    visit_loops(loops, loop_count, 0, visit);
    if constexpr (is_wide<F>) {
      if (is_joined) {
        add_to_whole(whole, sum);
        for (int w = 0; w < count; ++w) {
          totals[w] = static_cast<A>(whole[w]);
        }
        return;
      }
    }
    store(totals, join_all(sum));
  }

  /// The same where each result has one run, which is most of what there is to do: nothing but registers.
  [[gnu::always_inline]] void fold_once(const In* x, extent distance, int rows, A* totals) const {
    const In* const last = x + (rows - 1) * distance;
    if (rows == count && !is_near_end(last)) {
      fold_each([=](int w) { return x + w * distance; }, totals);
    } else {
      fold_few(x, distance, rows, totals);
    }
  }

private:
  static constexpr int parts = static_cast<int>(narrow<A>) / count; // registers of accumulators a result

  static void clear(Vector<A>* sum, int results) {
    for (int i = 0; i < results * parts; ++i) {
      sum[i] = all_lanes<A>(F::start());
    }
  }
  void add_runs(Vector<A>* sum, const In* x, extent distance, int rows) const {
    In padded[narrow<A>];
    for (int w = 0; w < rows; ++w, x += distance) {
      Vector<A> own[parts]; // in registers, not by way of memory
      for (int p = 0; p < parts; ++p) {
        own[p] = sum[w * parts + p];
      }
      const In* tail = x + run_ - narrow<A>;
      if (run_ < narrow<A>) {
        tail = is_near_end(x) ? pad(padded, x) : x;
      } else {
        for (const In* from = x; from <= tail; from += narrow<A>) {
          for (int p = 0; p < parts; ++p) {
            own[p] = F::add(own[p], lift<A>(from + p * count));
          }
        }
      }
      if (rest_ > 0) {
        for (int p = 0; p < parts; ++p) {
          own[p] = F::add(own[p], counted(lift<A>(tail + p * count), p));
        }
      }
      for (int p = 0; p < parts; ++p) {
        sum[w * parts + p] = own[p];
      }
    }
  }
  /// The lanes that count, of register `p` of the last of a run.
  [[nodiscard]] Vector<A> counted(const Vector<A>& value, int p) const {
    return load(counts_ + p * count) != 0 ? value : all_lanes<A>(F::start());
  }
  [[nodiscard]] bool is_near_end(const In* x) const { return run_ < narrow<A> && end_ - x < narrow<A>; }

  /// Fewer results than a register has lanes, or results at the end of the operand.
  [[gnu::noinline]] void fold_few(const In* x, extent distance, int rows, A* totals) const {
    const In* at[count];
    In padded[count][narrow<A>];
    for (int w = 0; w < count; ++w) {
      const In* const own = x + std::min(w, rows - 1) * distance; // (nobody asks for those behind the last)
      at[w] = is_near_end(own) ? pad(padded[w], own) : own;
    }
    fold_each([&](int w) { return at[w]; }, totals);
  }
  template <class At>
  [[gnu::always_inline]] void fold_each(At at, A* totals) const {
    Vector<A> rows[count];
    if (run_ < narrow<A>) {
#pragma GCC unroll 64
      for (int w = 0; w < count; ++w) {
        const In* const x = at(w);
        Vector<A> own[parts];
        for (int p = 0; p < parts; ++p) {
          own[p] = counted(F::first(lift<A>(x + p * count)), p);
        }
        rows[w] = join_parts(own);
      }
    } else {
#pragma GCC unroll 64
      for (int w = 0; w < count; w += together) {
        fold_some(rows + w, [&](int r) { return at(w + r); });
      }
    }
    store(totals, join_each<F>(rows));
  }
  static constexpr int together = parts == 1 && count >= 4 ? 4 : 1; // rows whose sums are in registers at once
  template <class At>
  [[gnu::always_inline]] void fold_some(Vector<A>* rows, At at) const {
    const In* x[together];
    Vector<A> own[together][parts];
    for (int r = 0; r < together; ++r) {
      x[r] = at(r);
      for (int p = 0; p < parts; ++p) {
        own[r][p] = F::first(lift<A>(x[r] + p * count));
      }
    }
    for (extent i = narrow<A>; i + narrow<A> <= run_; i += narrow<A>) {
      for (int r = 0; r < together; ++r) {
        for (int p = 0; p < parts; ++p) {
          own[r][p] = F::add(own[r][p], lift<A>(x[r] + i + p * count));
        }
      }
    }
    if (rest_ > 0) {
      for (int r = 0; r < together; ++r) {
        for (int p = 0; p < parts; ++p) {
          const In* const tail = x[r] + run_ - narrow<A>;
          own[r][p] = F::add(own[r][p], counted(lift<A>(tail + p * count), p));
        }
      }
    }
    for (int r = 0; r < together; ++r) {
      rows[r] = join_parts(own[r]);
    }
  }
  [[gnu::always_inline]] static Vector<A> join_parts(Vector<A>* part) {
    for (int half = parts / 2; half > 0; half /= 2) {
      for (int p = 0; p < half; ++p) {
        part[p] = F::join(part[p], part[p + half]);
      }
    }
    return part[0];
  }
  [[gnu::noinline, gnu::cold]] const In* pad(In* to, const In* x) const {
    std::fill_n(to, narrow<A>, In{});
    std::copy_n(x, run_, to);
    return to;
  }
  static Vector<A> join_all(Vector<A>* sum) {
    Vector<A> rows[count];
    for (int w = 0; w < count; ++w) {
      rows[w] = join_parts(sum + w * parts);
    }
    return join_each<F>(rows);
  }
  static void add_to_whole(Whole* whole, Vector<A>* sum) {
    A totals[count];
    store(totals, join_all(sum));
    for (int w = 0; w < count; ++w) {
      whole[w] = F::join(whole[w], static_cast<Whole>(totals[w]));
    }
    clear(sum, count);
  }

  A counts_[narrow<A>]; // 1 for the lanes of a run's last register that count
  extent run_;
  extent rest_;
  const In* end_;
};

/// Results of a plan whose run is reduced, tile by tile.
template <class F>
class RowTiles {
  using A = typename F::A;
  using In = typename F::In;

public:
  static constexpr extent room = ShortRows<F>::count; ///< results a tile, at most

  /// `end`: of the operand's memory.
  RowTiles(const ReducePlan& plan, const In* x, const In* end)
      : plan_(plan),
        x_(x),
        short_(plan.run, end),
        grid_{0, 1, 1, 0},
        prefetches_(plan.reduced_count == 0 && is_far(plan.elements * static_cast<extent>(sizeof(In)), plan.run)) {
    if (plan.kept_count > 0) {
      const ReducedLoop& last = plan.kept[plan.kept_count - 1];
      grid_ = {1, last.count, 1, last.stride};
    }
    // (where grains cut the run itself, the length of what is left must not decide)
    const bool is_cut = plan.grain > 0 && plan.reduced_count == 0;
    if (plan.run < long_run<A> && !is_cut) {
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
  TileGrid grid_;
  bool prefetches_;
};

} // namespace cleave::kernels::inline CLEAVE_KERNELS::folds
