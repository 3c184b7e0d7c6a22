// SPDX-License-Identifier: Apache-2.0
// log(sum of exp(x)): exponentials of distances from the greatest element, added as sums of rows are.
#pragma once

#include "falling_exp.hpp"
#include "reduce_columns.hpp"
#include "reduce_rows.hpp"

namespace cleave::kernels::inline CLEAVE_KERNELS::folds {

/// e[i] = exp(x[i] - top[i]), where no x is above its top.
template <class T>
void exponentials(T* e, const T* x, extent count, const T* top) {
  for_blocks<T>(
      count, [&](extent i) { store_block(e + i, exp_of_falling(load_block(x + i) - load_block(top + i))); },
      [&](extent i, extent n) {
        store_first(e + i, exp_of_falling(load_first(x + i, n) - load_first(top + i, n)), n);
      });
}

template <class T>
class LogSumExp {
public:
  LogSumExp(const ReducePlan& plan, const T* x) : plan_(plan), x_(x) {}

  /// Of `width` results, at most `most_rows`, whose runs begin `distance` apart; their greatest elements are known.
  void of_rows(extent first, extent distance, extent width, const T* top, T* out) const {
    if (plan_.reduced_count == 0 && plan_.run < long_run<T>) { // wherever the rows lie, or bits would depend on it
      const bool together = distance == plan_.run;
      for (extent r = 0; r < width; r += together ? width : 1) {
        of_short_rows(x_ + first + r * distance, together ? width : 1, top + r, out + r);
      }
      return;
    }
    for (extent r = 0; r < width; ++r) {
      const Block<T> shift = repeat(top[r]);
      double total = 0;
      const auto add = [&](extent offset) {
        const T* const x = x_ + first + r * distance + offset;
        total += sum_row<T>(
            plan_.run, [&](extent i, const Block<T>& sum) { return sum + exp_of_falling(load_block(x + i) - shift); },
            [&](extent i, extent count, const Block<T>& sum) {
              return sum + first_lanes(exp_of_falling(load_first(x + i, count) - shift), count, T(0));
            });
      };
      visit_loops(plan_.reduced, plan_.reduced_count, 0, add);
      out[r] = finish(top[r], total);
    }
  }
  /// Of `width` neighbouring results whose run is kept.
  void of_columns(extent first, extent width, const T* top, T* out) const {
    for (extent i = 0; i < width; i += piece) {
      of_some_columns(first + i, std::min(piece, width - i), top + i, out + i);
    }
  }

private:
  static constexpr extent piece = chunk<double>;
  static constexpr extent most_rows = ShortRows<Greatest<T>>::count;

  /// Rows one after another: exponentials of all at once, so that no row's end is left to scalars.
  void of_short_rows(const T* x, extent width, const T* top, T* out) const {
    using Sums = ShortRows<PlusExactly<T>>;
    const extent run = plan_.run;
    T e[most_rows * long_run<T> + Lanes<T>::count];
    for (extent r = 0; r < width; ++r) {
      for (extent i = 0; i < run; i += Lanes<T>::count) { // what is too much is the next row's
        store(e + r * run + i, all_lanes(top[r]));
      }
    }
    exponentials(e, x, width * run, e);
    double totals[most_rows + Sums::count] = {};
    const Sums sums(run, e + width * run);
    for (extent r = 0; r < width; r += Sums::count) {
      const auto rows = static_cast<int>(std::min(extent(Sums::count), width - r));
      sums.fold_once(e + r * run, run, rows, totals + r);
    }
    T logs[most_rows];
    logs_of_all(logs, totals);
    for (extent r = 0; r < width; ++r) {
      out[r] = math::is_finite(top[r]) ? top[r] + logs[r] : top[r];
    }
  }
  /// At once: the compiler vectorises what it has inlined.
  [[gnu::flatten]] static void logs_of_all(T* logs, const double* totals) {
    for (extent r = 0; r < most_rows; ++r) {
      logs[r] = math::log(static_cast<T>(totals[r]));
    }
  }
  void of_some_columns(extent first, extent width, const T* top, T* out) const {
    T e[piece] = {};
    double totals[piece];
    Columns<PlusExactly<T>> total(width, e + piece);
    const auto add = [&](extent offset) {
      exponentials(e, x_ + first + offset, width, top);
      total.add(e, 1, 0);
    };
    visit_loops(plan_.reduced, plan_.reduced_count, 0, add);
    total.totals(totals, 1);
    for (extent i = 0; i < width; ++i) {
      out[i] = finish(top[i], totals[i]);
    }
  }

  // what is infinite or NaN is the result: distances from it would be NaN
  static T finish(T top, double total) {
    const T log = math::log(static_cast<T>(total));
    return math::is_finite(top) ? top + log : top;
  }

  const ReducePlan& plan_; // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members): lives as long as a call
  const T* x_;
};

} // namespace cleave::kernels::inline CLEAVE_KERNELS::folds
