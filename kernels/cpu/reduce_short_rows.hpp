// SPDX-License-Identifier: Apache-2.0
// Many results of short runs: as many at once as a register has lanes, each in a few accumulators of its own, which are
// then joined across, all results together.
#pragma once

#include "reduce_join.hpp"
#include "reduce_loops.hpp"

namespace cleave::kernels::inline CLEAVE_KERNELS::folds {

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

} // namespace cleave::kernels::inline CLEAVE_KERNELS::folds
