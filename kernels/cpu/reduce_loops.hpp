// SPDX-License-Identifier: Apache-2.0
// The walk that all reductions share. The innermost loop is a run of neighbours: if it is reduced, each result is made
// from rows (lanes that are joined at the end); if it is kept, a chunk of results is made at once, row under row.
#pragma once

#include <cleave/ops/reduce_op.hpp>

#include <algorithm>
#include <type_traits>

#if defined(__GNUC__) && !defined(__clang__)
#define CLEAVE_KEEP_LOOP _Pragma("GCC unroll 1")
#else
#define CLEAVE_KEEP_LOOP
#endif

namespace cleave::kernels::inline CLEAVE_KERNELS::folds {

struct ReducedLoop {
  extent count;
  extent stride;
};

struct ReducePlan {
  ReducedLoop kept[max_rank + 1]{};
  ReducedLoop reduced[max_rank + 1]{};
  int kept_count = 0; // both without the run
  int reduced_count = 0;
  extent run = 1;
  bool run_is_reduced = true;

  explicit ReducePlan(const KernelArguments& call) {
    const int loops = static_cast<int>(call.sizes[0]);
    extent stride = 1;
    ReducedLoop all[max_rank + 1]{};
    for (int i = loops - 1; i >= 0; --i) {
      all[i] = {call.sizes[1 + i], stride};
      stride *= all[i].count;
    }
    const auto is_reduced = [&call](int i) { return ((call.masks[0] >> i) & 1) != 0; };
    for (int i = 0; i + 1 < loops; ++i) {
      if (is_reduced(i)) {
        reduced[reduced_count++] = all[i];
      } else {
        kept[kept_count++] = all[i];
      }
    }
    if (loops > 0) {
      run = all[loops - 1].count;
      run_is_reduced = is_reduced(loops - 1);
    }
  }
};

/// Calls `visit(offset)` at every position of nested loops, in row-major order.
template <class Visit>
void visit_loops(const ReducedLoop* loops, int count, extent offset, Visit& visit) {
  if (count == 0) {
    visit(offset);
    return;
  }
  for (extent i = 0; i < loops[0].count; ++i) {
    visit_loops(loops + 1, count - 1, offset + i * loops[0].stride, visit);
  }
}

// Lanes of a row: enough independent chains to hide the latency of an add; fixed, so that the order of operations is
// the same on every machine.
inline constexpr extent lanes = 16;
// Results made at once where the run is kept: their accumulators stay in the first-level cache.
inline constexpr extent chunk = 512;

// Elements added to one accumulator before it joins the whole: a float that has grown large no longer notices small
// numbers, and the roundings of equal ones all go one way.
inline constexpr extent depth = 256;

/// Whether a fold joins its accumulators in something wider; for the others one is deep enough.
template <class F>
inline constexpr bool is_wide = !std::is_same_v<typename F::Whole, typename F::A>;

/// A fold names `In`, an accumulator `A`, the wider `Whole` of joined accumulators and `Out`, says whether it
/// `compares`, and has start(), add(A, In), join(A, A), join(Whole, Whole), finish(A).
template <class F>
class Row {
public:
  Row() { std::fill_n(lane_, lanes, F::start()); }
  void add(const typename F::In* x, extent count) {
    if constexpr (!is_wide<F>) {
      add_run(x, count);
      return;
    }
    while (count > 0) {
      const extent now = std::min(count, depth * lanes - added_);
      add_run(x, now);
      x += now;
      count -= now;
      added_ += now;
      if (added_ == depth * lanes) {
        whole_ = total_so_far();
        std::fill_n(lane_, lanes, F::start());
        added_ = 0;
      }
    }
  }
  [[nodiscard]] typename F::A total() { return static_cast<typename F::A>(total_so_far()); }

private:
  void add_run(const typename F::In* x, extent count) {
    if constexpr (F::compares) {
      extent i = 0;
      for (; i + lanes <= count; i += lanes) {
        CLEAVE_KEEP_LOOP // unrolled, comparisons would not be vectorised
            for (extent l = 0; l < lanes; ++l) {
          lane_[l] = F::add(lane_[l], x[i + l]);
        }
      }
      add_rest(x + i, count - i);
    } else {
      // A copy, which the compiler keeps in registers: by way of memory a sum waits for its own stores.
      typename F::A lane[lanes];
      std::copy_n(lane_, lanes, lane);
      extent i = 0;
      for (; i + lanes <= count; i += lanes) {
        for (extent l = 0; l < lanes; ++l) {
          lane[l] = F::add(lane[l], x[i + l]);
        }
      }
      std::copy_n(lane, lanes, lane_);
      add_rest(x + i, count - i);
    }
  }
  void add_rest(const typename F::In* x, extent count) {
    for (extent l = 0; l < count; ++l) {
      lane_[l] = F::add(lane_[l], x[l]);
    }
  }
  typename F::Whole total_so_far() {
    for (extent width = lanes / 2; width > 0; width /= 2) {
      for (extent l = 0; l < width; ++l) {
        lane_[l] = F::join(lane_[l], lane_[l + width]);
      }
    }
    if constexpr (is_wide<F>) {
      return F::join(whole_, static_cast<typename F::Whole>(lane_[0]));
    } else {
      return lane_[0];
    }
  }

  typename F::A lane_[lanes];
  typename F::Whole whole_ = F::start();
  extent added_ = 0;
};

template <class F>
class Columns {
public:
  explicit Columns(extent width) : width_(width) { std::fill_n(at_, width, F::start()); }
  /// `count` rows, `stride` apart.
  void add(const typename F::In* x, extent count, extent stride) {
    if constexpr (!is_wide<F>) {
      add_rows(x, count, stride);
      return;
    }
    while (count > 0) {
      const extent now = std::min(count, depth - added_);
      add_rows(x, now, stride);
      x += now * stride;
      count -= now;
      added_ += now;
      if (added_ == depth) {
        join();
      }
    }
  }
  /// Of all rows.
  [[nodiscard]] typename F::A operator[](extent i) const {
    if constexpr (is_wide<F>) {
      return is_joined_ ? static_cast<typename F::A>(F::join(whole_[i], static_cast<typename F::Whole>(at_[i])))
                        : at_[i];
    } else {
      return at_[i];
    }
  }

private:
  /// Four at once, added one after the other.
  void add_rows(const typename F::In* x, extent count, extent stride) {
    extent r = 0;
    for (; r + 4 <= count; r += 4, x += 4 * stride) {
      for (extent i = 0; i < width_; ++i) {
        at_[i] = F::add(F::add(F::add(F::add(at_[i], x[i]), x[i + stride]), x[i + 2 * stride]), x[i + 3 * stride]);
      }
    }
    for (; r < count; ++r, x += stride) {
      for (extent i = 0; i < width_; ++i) {
        at_[i] = F::add(at_[i], x[i]);
      }
    }
  }
  void join() {
    if (!is_joined_) {
      std::fill_n(whole_, width_, static_cast<typename F::Whole>(F::start()));
      is_joined_ = true;
    }
    for (extent i = 0; i < width_; ++i) {
      whole_[i] = F::join(whole_[i], static_cast<typename F::Whole>(at_[i]));
      at_[i] = F::start();
    }
    added_ = 0;
  }

  typename F::A at_[chunk];
  typename F::Whole whole_[chunk]; // not set before is_joined_
  extent width_;
  extent added_ = 0;
  bool is_joined_ = false;
};

/// Calls `row(offset)` for every result, or `columns(offset, width)` for every chunk of results, in their order.
template <class OnRow, class OnColumns>
void each_result(const ReducePlan& plan, OnRow row, OnColumns columns) {
  const auto visit = [&](extent offset) {
    if (plan.run_is_reduced) {
      row(offset);
      return;
    }
    for (extent c = 0; c < plan.run; c += chunk) {
      columns(offset + c, std::min(chunk, plan.run - c));
    }
  };
  visit_loops(plan.kept, plan.kept_count, 0, visit);
}

/// Adds all rows of one result.
template <class F>
typename F::A fold_row(const ReducePlan& plan, const typename F::In* x) {
  Row<F> row;
  const auto add = [&](extent offset) { row.add(x + offset, plan.run); };
  visit_loops(plan.reduced, plan.reduced_count, 0, add);
  return row.total();
}

/// Adds all rows of a chunk of results.
template <class F>
void fold_columns(const ReducePlan& plan, const typename F::In* x, Columns<F>& columns) {
  const int outer = plan.reduced_count - 1;
  const ReducedLoop inner = outer < 0 ? ReducedLoop{1, 0} : plan.reduced[outer];
  const auto add = [&](extent offset) { columns.add(x + offset, inner.count, inner.stride); };
  visit_loops(plan.reduced, std::max(outer, 0), 0, add);
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS::folds
