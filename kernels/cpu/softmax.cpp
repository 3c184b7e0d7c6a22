// SPDX-License-Identifier: Apache-2.0
#include "column_sum.hpp"
#include "falling_exp.hpp"
#include "instantiate.hpp"
#include "parallel.hpp"

#include <cleave/base/math.hpp>
#include <cleave/ops/kernels.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS {
namespace rows {

/// Elements of a row, a block at a time: where rows lie one behind the other a block is a piece of one row, else it is
/// the same element of neighbouring rows. Both forms of a kernel give a row the same bits.
template <class T, class Row, class Columns>
void for_rows(const KernelArguments& call, double flops, double bytes, Row row, Columns columns) {
  const extent classes = call.sizes[1];
  const extent inner = call.sizes[2];
  const auto each = static_cast<double>(classes);
  if (inner == 1) {
    for_tiles(call.sizes[0], Cost{flops * each, bytes * each}, [&](extent first, extent last) { row(first, last); });
    return;
  }
  constexpr extent lanes = Block<T>::lanes;
  const extent groups = (inner + lanes - 1) / lanes;
  const Cost cost{flops * each * static_cast<double>(lanes), bytes * each * static_cast<double>(lanes)};
  for_tiles(call.sizes[0] * groups, cost, [&](extent first, extent last) {
    for (extent t = first; t < last; ++t) {
      const extent i = t % groups * lanes;
      columns(t / groups * classes * inner + i, inner, inner - i);
    }
  });
}

/// The block of neighbouring rows at `from`, of which there are `count`; zeros behind them.
template <class T>
[[gnu::always_inline]] inline Block<T> load_some(const T* from, extent count) {
  return count >= Block<T>::lanes ? load_block(from) : load_first(from, count);
}
template <class T>
[[gnu::always_inline]] inline void store_some(T* to, const Block<T>& x, extent count) {
  if (count >= Block<T>::lanes) {
    store_block(to, x);
  } else {
    store_first(to, x, count);
  }
}

template <class T>
inline constexpr T lowest = -static_cast<T>(__builtin_inf());

/// What is subtracted before exponentials are taken: the largest of scale * x, which is the scaled largest or least of
/// x, or 0 where all are -inf. NaN stays out of it, and comes back with the exponentials.
template <class T>
T scaled(T largest, T scale) {
  const T z = scale * largest;
  return z == lowest<T> ? T(0) : z;
}
/// A turned sign makes the least the largest.
template <class T, bool Least>
struct Greatest {
  Block<T> value = repeat(lowest<T>);
  [[gnu::always_inline]] void meet(const Block<T>& x) {
    value = Least ? larger(value, repeat(T(-0.)) - x) : larger(value, x);
  }
};

template <class T, bool Least>
T extreme_of(const T* x, extent classes) {
  constexpr extent lanes = Block<T>::lanes;
  Greatest<T, Least> a; // so many that no comparison waits for another
  Greatest<T, Least> b;
  Greatest<T, Least> c;
  Greatest<T, Least> d;
  extent i = 0;
  for (; i + 4 * lanes <= classes; i += 4 * lanes) {
    a.meet(load_block(x + i));
    b.meet(load_block(x + i + lanes));
    c.meet(load_block(x + i + 2 * lanes));
    d.meet(load_block(x + i + 3 * lanes));
  }
  for (; i + lanes <= classes; i += lanes) {
    a.meet(load_block(x + i));
  }
  if (i < classes) {
    b.meet(first_lanes(load_first(x + i, classes - i), classes - i, Least ? -lowest<T> : lowest<T>));
  }
  return largest_lane(larger(larger(a.value, b.value), larger(c.value, d.value)));
}
template <class T>
T largest_of(const T* x, extent classes, T scale) {
  return scaled(scale < 0 ? extreme_of<T, true>(x, classes) : extreme_of<T, false>(x, classes), math::abs(scale));
}

/// The same of neighbouring rows.
template <class T, bool Least>
Block<T> extreme_of(const T* x, extent classes, extent stride, extent count) {
  Greatest<T, Least> greatest;
  for (extent c = 0; c < classes; ++c) {
    greatest.meet(load_some(x + c * stride, count));
  }
  return greatest.value;
}
template <class T>
Block<T> largest_of(const T* x, extent classes, extent stride, extent count, T scale) {
  T each[Block<T>::lanes];
  store_block(each, scale < 0 ? extreme_of<T, true>(x, classes, stride, count)
                              : extreme_of<T, false>(x, classes, stride, count));
  for (T& one : each) {
    one = scaled(one, math::abs(scale));
  }
  return load_block(each);
}

/// scale * x - largest; where scale is 1 the multiplication is saved.
template <class T, bool IsScaled>
struct Falling {
  Block<T> scale;
  Block<T> largest;
  [[gnu::always_inline]] Block<T> operator()(const Block<T>& x) const {
    if constexpr (IsScaled) {
      return map(
          [](const Vector<T>& by, const Vector<T>& v, const Vector<T>& shift) { return math::fma(by, v, -shift); },
          scale, x, largest);
    } else {
      return x - largest;
    }
  }
};

/// f of each lane's total, as a T.
template <class T, class F>
Block<T> of_totals(const ColumnSum<T>& sum, F f) {
  double total[Block<T>::lanes];
  sum.total(total);
  T y[Block<T>::lanes];
  for (int i = 0; i < Block<T>::lanes; ++i) {
    y[i] = f(total[i]);
  }
  return load_block(y);
}

/// 1 / total; 0 of 0, which is a row of -inf.
template <class T>
T reciprocal_total(double total) {
  return total == 0 ? T(0) : static_cast<T>(1 / total);
}
template <class T>
T log_total(double total) {
  return total == 0 ? T(0) : math::log(static_cast<T>(total));
}

/// One row: exponentials and their sum, while the largest of a later row is found and an earlier row is divided by its
/// sum, so that no row waits for its own sums.
template <bool HasEarlier, class T, class Fall>
double exp_row(const T* from, T* to, extent classes, const Fall& fall, const T* later, T& largest_of_later, T* earlier,
               T share_of_earlier) {
  Greatest<T, false> greatest;
  const Block<T> share = repeat(share_of_earlier);
  const double total = sum_row<T>(
      classes,
      [&](extent i, const Block<T>& sum) {
        const Block<T> e = exp_of_falling(fall(load_block(from + i)));
        store_block(to + i, e);
        greatest.meet(load_block(later + i));
        __builtin_prefetch(later + classes + i); // (no memory is touched behind the last row)
        __builtin_prefetch(to + classes + i, 1);
        if constexpr (HasEarlier) {
          store_block(earlier + i, load_block(earlier + i) * share);
        }
        return sum + e;
      },
      [&](extent i, extent count, const Block<T>& sum) {
        const Block<T> e = first_lanes(exp_of_falling(fall(load_first(from + i, count))), count, T(0));
        store_first(to + i, e, count);
        greatest.meet(first_lanes(load_first(later + i, count), count, lowest<T>));
        if constexpr (HasEarlier) {
          store_first(earlier + i, load_first(earlier + i, count) * share, count);
        }
        return sum + e;
      });
  largest_of_later = largest_lane(greatest.value);
  return total;
}

template <class T>
void multiply_row(T* row, extent classes, T by) {
  const Block<T> factor = repeat(by);
  for_blocks<T>(
      classes, [&](extent i) { store_block(row + i, load_block(row + i) * factor); },
      [&](extent i, extent count) { store_first(row + i, load_first(row + i, count) * factor, count); });
}

/// Rows one behind the other, of a positive scale: row o is worked on while row o + 2 is read and row o - 2 finished.
template <class T, bool IsScaled>
void softmax_rows(const T* x, T* p, extent rows, extent classes, T scale) {
  T largest[3] = {extreme_of<T, false>(x, classes), rows > 1 ? extreme_of<T, false>(x + classes, classes) : T(0), T(0)};
  T share[2] = {};
  for (extent o = 0; o < rows; ++o) {
    const T* const from = x + o * classes;
    T* const to = p + o * classes;
    const Falling<T, IsScaled> fall{repeat(scale), repeat(scaled(largest[0], scale))};
    const T* const later = o + 2 < rows ? from + 2 * classes : from;
    const double total = o >= 2 ? exp_row<true>(from, to, classes, fall, later, largest[2], to - 2 * classes, share[0])
                                : exp_row<false>(from, to, classes, fall, later, largest[2], to, T(1));
    largest[0] = largest[1];
    largest[1] = largest[2];
    share[0] = share[1];
    share[1] = reciprocal_total<T>(total);
  }
  if (rows > 1) {
    multiply_row(p + (rows - 2) * classes, classes, share[0]);
  }
  multiply_row(p + (rows - 1) * classes, classes, share[1]);
}

template <class T, bool IsScaled>
void softmax(const KernelArguments& call, const T* x, T* p) {
  using Fall = Falling<T, IsScaled>;
  const T scale = static_cast<T>(call.numbers[0]);
  const extent classes = call.sizes[1];
  for_rows<T>(
      call, 24, 2 * sizeof(T),
      [=](extent first, extent last) {
        if (scale > 0 && classes >= Block<T>::lanes) {
          softmax_rows<T, IsScaled>(x + first * classes, p + first * classes, last - first, classes, scale);
          return;
        }
        for (extent o = first; o < last; ++o) {
          const T* const from = x + o * classes;
          T* const to = p + o * classes;
          const Fall fall{repeat(scale), repeat(largest_of(from, classes, scale))};
          if (classes < Block<T>::lanes) { // one block stays in its registers
            const Block<T> e = first_lanes(exp_of_falling(fall(load_first(from, classes))), classes, T(0));
            WideSum<T> sum;
            sum.add(e);
            store_first(to, e * repeat(reciprocal_total<T>(sum.total())), classes);
            continue;
          }
          T ignored;
          const double total = exp_row<false>(from, to, classes, fall, from, ignored, to, T(1));
          multiply_row(to, classes, reciprocal_total<T>(total));
        }
      },
      [=](extent first, extent stride, extent count) {
        const T* const from = x + first;
        T* const to = p + first;
        const Fall fall{repeat(scale), largest_of(from, classes, stride, count, scale)};
        ColumnSum<T> sum(classes);
        for (extent c = 0; c < classes; ++c) {
          const Block<T> e = exp_of_falling(fall(load_some(from + c * stride, count)));
          store_some(to + c * stride, e, count);
          sum.step(c, [&](const Block<T>& so_far) { return so_far + e; });
        }
        const Block<T> share = of_totals(sum, reciprocal_total<T>);
        for (extent c = 0; c < classes; ++c) {
          store_some(to + c * stride, load_some(to + c * stride, count) * share, count);
        }
      });
}

template <class T, bool IsScaled>
void log_softmax(const KernelArguments& call, const T* x, T* y) {
  using Fall = Falling<T, IsScaled>;
  const T scale = static_cast<T>(call.numbers[0]);
  const extent classes = call.sizes[1];
  for_rows<T>(
      call, 24, 2 * sizeof(T),
      [=](extent begin, extent end) {
        for (extent first = begin * classes; first < end * classes; first += classes) {
          const T* const from = x + first;
          T* const to = y + first;
          const Fall fall{repeat(scale), repeat(largest_of(from, classes, scale))};
          const double total = sum_row<T>(
              classes, [&](extent i, const Block<T>& sum) { return sum + exp_of_falling(fall(load_block(from + i))); },
              [&](extent i, extent count, const Block<T>& sum) {
                return sum + first_lanes(exp_of_falling(fall(load_first(from + i, count))), count, T(0));
              });
          const Block<T> log_of_total = repeat(log_total<T>(total));
          for_blocks<T>(
              classes, [&](extent i) { store_block(to + i, fall(load_block(from + i)) - log_of_total); },
              [&](extent i, extent count) {
                store_first(to + i, fall(load_first(from + i, count)) - log_of_total, count);
              });
        }
      },
      [=](extent first, extent stride, extent count) {
        const T* const from = x + first;
        T* const to = y + first;
        const Fall fall{repeat(scale), largest_of(from, classes, stride, count, scale)};
        ColumnSum<T> sum(classes);
        for (extent c = 0; c < classes; ++c) {
          const Block<T> e = exp_of_falling(fall(load_some(from + c * stride, count)));
          sum.step(c, [&](const Block<T>& so_far) { return so_far + e; });
        }
        const Block<T> log_of_total = of_totals(sum, log_total<T>);
        for (extent c = 0; c < classes; ++c) {
          store_some(to + c * stride, fall(load_some(from + c * stride, count)) - log_of_total, count);
        }
      });
}

} // namespace rows

template <class T>
void softmax(std::byte* const* arenas, const KernelArguments& call) {
  const auto run = call.numbers[0] == 1 ? &rows::softmax<T, false> : &rows::softmax<T, true>;
  run(call, call.operand<T>(arenas, 1), call.result<T>(arenas));
}

template <class T>
void log_softmax(std::byte* const* arenas, const KernelArguments& call) {
  const auto run = call.numbers[0] == 1 ? &rows::log_softmax<T, false> : &rows::log_softmax<T, true>;
  run(call, call.operand<T>(arenas, 1), call.result<T>(arenas));
}

template <class T>
void softmax_gradient(std::byte* const* arenas, const KernelArguments& call) {
  const T* const y = call.operand<T>(arenas, 1);
  const T* const dy = call.operand<T>(arenas, 2);
  T* const dx = call.result<T>(arenas);
  const extent classes = call.sizes[1];
  const Block<T> scale = repeat(static_cast<T>(call.numbers[0]));
  const auto gradient = [&](const Block<T>& p, const Block<T>& dp, const Block<T>& mean) {
    return scale * p * (dp - mean);
  };
  rows::for_rows<T>(
      call, 8, 3 * sizeof(T),
      [&](extent begin, extent end) {
        for (extent first = begin * classes; first < end * classes; first += classes) {
          const T* const p = y + first;
          const T* const dp = dy + first;
          T* const to = dx + first;
          const double total = sum_row<T>(
              classes, [&](extent i, const Block<T>& sum) { return fma(load_block(p + i), load_block(dp + i), sum); },
              [&](extent i, extent count, const Block<T>& sum) {
                return fma(load_first(p + i, count), load_first(dp + i, count), sum);
              });
          const Block<T> mean = repeat(static_cast<T>(total));
          for_blocks<T>(
              classes, [&](extent i) { store_block(to + i, gradient(load_block(p + i), load_block(dp + i), mean)); },
              [&](extent i, extent count) {
                store_first(to + i, gradient(load_first(p + i, count), load_first(dp + i, count), mean), count);
              });
        }
      },
      [&](extent first, extent stride, extent count) {
        ColumnSum<T> sum(classes);
        for (extent at = first, c = 0; c < classes; ++c, at += stride) {
          sum.step(c, [&](const Block<T>& so_far) {
            return fma(rows::load_some(y + at, count), rows::load_some(dy + at, count), so_far);
          });
        }
        const Block<T> mean = rows::of_totals(sum, [](double total) { return static_cast<T>(total); });
        for (extent at = first, c = 0; c < classes; ++c, at += stride) {
          const Block<T> d = gradient(rows::load_some(y + at, count), rows::load_some(dy + at, count), mean);
          rows::store_some(dx + at, d, count);
        }
      });
}

template <class T>
void log_softmax_gradient(std::byte* const* arenas, const KernelArguments& call) {
  const T* const y = call.operand<T>(arenas, 1);
  const T* const dy = call.operand<T>(arenas, 2);
  T* const dx = call.result<T>(arenas);
  const extent classes = call.sizes[1];
  const Block<T> scale = repeat(static_cast<T>(call.numbers[0]));
  // `minus` is what the row's dy add up to, negated
  const auto gradient = [&](const Block<T>& log_p, const Block<T>& dp, const Block<T>& minus) {
    return scale * fma(exp(log_p), minus, dp);
  };
  rows::for_rows<T>(
      call, 24, 3 * sizeof(T),
      [&](extent begin, extent end) {
        for (extent first = begin * classes; first < end * classes; first += classes) {
          const T* const log_p = y + first;
          const T* const dp = dy + first;
          T* const to = dx + first;
          const double total = sum_row<T>(
              classes, [&](extent i, const Block<T>& sum) { return sum + load_block(dp + i); },
              [&](extent i, extent count, const Block<T>& sum) { return sum + load_first(dp + i, count); });
          const Block<T> minus = repeat(-static_cast<T>(total));
          for_blocks<T>(
              classes,
              [&](extent i) { store_block(to + i, gradient(load_block(log_p + i), load_block(dp + i), minus)); },
              [&](extent i, extent count) {
                store_first(to + i, gradient(load_first(log_p + i, count), load_first(dp + i, count), minus), count);
              });
        }
      },
      [&](extent first, extent stride, extent count) {
        ColumnSum<T> sum(classes);
        for (extent at = first, c = 0; c < classes; ++c, at += stride) {
          sum.step(c, [&](const Block<T>& so_far) { return so_far + rows::load_some(dy + at, count); });
        }
        const Block<T> minus = rows::of_totals(sum, [](double total) { return -static_cast<T>(total); });
        for (extent at = first, c = 0; c < classes; ++c, at += stride) {
          const Block<T> d = gradient(rows::load_some(y + at, count), rows::load_some(dy + at, count), minus);
          rows::store_some(dx + at, d, count);
        }
      });
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS

CLEAVE_INSTANTIATE(softmax, float, double)
CLEAVE_INSTANTIATE(log_softmax, float, double)
CLEAVE_INSTANTIATE(softmax_gradient, float, double)
CLEAVE_INSTANTIATE(log_softmax_gradient, float, double)
