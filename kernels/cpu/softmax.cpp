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
    for_tiles(call.sizes[0], Cost{flops * each, bytes * each}, [&](extent first, extent last) {
      for (extent o = first; o < last; ++o) {
        row(o * classes);
      }
    });
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
/// x where scale is positive, else -x.
template <class T>
[[gnu::always_inline]] inline Block<T> turned(const Block<T>& x, math::lanes::Bits<T> sign) {
  return map(
      [&](const Vector<T>& v) {
        const math::lanes::Bits<Vector<T>> bits = math::lanes::bits(v) ^ sign;
        return math::lanes::from_bits<Vector<T>>(bits);
      },
      x);
}
template <class T>
math::lanes::Bits<T> sign_of(T scale) {
  return scale < 0 ? math::lanes::bits(T(-0.)) : 0;
}

template <class T>
T largest_of(const T* x, extent classes, T scale) {
  constexpr extent lanes = Block<T>::lanes;
  const math::lanes::Bits<T> sign = sign_of(scale);
  Block<T> largest[4]; // so many that no comparison waits for another
  for (Block<T>& each : largest) {
    each = repeat(lowest<T>);
  }
  extent c = 0;
  for (; c + 4 * lanes <= classes; c += 4 * lanes) {
    for (int k = 0; k < 4; ++k) {
      largest[k] = larger(largest[k], turned(load_block(x + c + k * lanes), sign));
    }
  }
  for (; c + lanes <= classes; c += lanes) {
    largest[0] = larger(largest[0], turned(load_block(x + c), sign));
  }
  if (c < classes) {
    const Block<T> z = turned(load_first(x + c, classes - c), sign);
    largest[1] = larger(largest[1], first_lanes(z, classes - c, lowest<T>));
  }
  const T one = largest_lane(larger(larger(largest[0], largest[1]), larger(largest[2], largest[3])));
  return scaled(one, math::abs(scale));
}
/// The same of neighbouring rows.
template <class T>
Block<T> largest_of(const T* x, extent classes, extent stride, extent count, T scale) {
  const math::lanes::Bits<T> sign = sign_of(scale);
  Block<T> largest = repeat(lowest<T>);
  for (extent c = 0; c < classes; ++c) {
    largest = larger(largest, turned(load_some(x + c * stride, count), sign));
  }
  T each[Block<T>::lanes];
  store_block(each, largest);
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

template <class T, bool IsScaled>
void softmax(const KernelArguments& call, const T* x, T* p) {
  using Fall = Falling<T, IsScaled>;
  const T scale = static_cast<T>(call.numbers[0]);
  const extent classes = call.sizes[1];
  for_rows<T>(
      call, 24, 2 * sizeof(T),
      [=](extent first) {
        const T* const from = x + first;
        T* const to = p + first;
        const Fall fall{repeat(scale), repeat(largest_of(from, classes, scale))};
        const auto part = [&](extent i, extent count) {
          return first_lanes(exp_of_falling(fall(load_first(from + i, count))), count, T(0));
        };
        if (classes < Block<T>::lanes) { // one block stays in its registers
          const Block<T> e = part(0, classes);
          WideSum<T> sum;
          sum.add(e);
          store_first(to, e * repeat(reciprocal_total<T>(sum.total())), classes);
          return;
        }
        const double total = sum_row<T>(
            classes,
            [&](extent i) {
              const Block<T> e = exp_of_falling(fall(load_block(from + i)));
              store_block(to + i, e);
              return e;
            },
            [&](extent i, extent count) {
              const Block<T> e = part(i, count);
              store_first(to + i, e, count);
              return e;
            });
        const Block<T> share = repeat(reciprocal_total<T>(total));
        for_blocks<T>(
            classes, [&](extent i) { store_block(to + i, load_block(to + i) * share); },
            [&](extent i, extent count) { store_first(to + i, load_first(to + i, count) * share, count); });
      },
      [=](extent first, extent stride, extent count) {
        const T* const from = x + first;
        T* const to = p + first;
        const Fall fall{repeat(scale), largest_of(from, classes, stride, count, scale)};
        ColumnSum<T> sum(classes);
        for (extent c = 0; c < classes; ++c) {
          const Block<T> e = exp_of_falling(fall(load_some(from + c * stride, count)));
          store_some(to + c * stride, e, count);
          sum.add(c, e);
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
      [=](extent first) {
        const T* const from = x + first;
        T* const to = y + first;
        const Fall fall{repeat(scale), repeat(largest_of(from, classes, scale))};
        const double total = sum_row<T>(
            classes, [&](extent i) { return exp_of_falling(fall(load_block(from + i))); },
            [&](extent i, extent count) {
              return first_lanes(exp_of_falling(fall(load_first(from + i, count))), count, T(0));
            });
        const Block<T> log_of_total = repeat(log_total<T>(total));
        for_blocks<T>(
            classes, [&](extent i) { store_block(to + i, fall(load_block(from + i)) - log_of_total); },
            [&](extent i, extent count) {
              store_first(to + i, fall(load_first(from + i, count)) - log_of_total, count);
            });
      },
      [=](extent first, extent stride, extent count) {
        const T* const from = x + first;
        T* const to = y + first;
        const Fall fall{repeat(scale), largest_of(from, classes, stride, count, scale)};
        ColumnSum<T> sum(classes);
        for (extent c = 0; c < classes; ++c) {
          sum.add(c, exp_of_falling(fall(load_some(from + c * stride, count))));
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
      [&](extent first) {
        const T* const p = y + first;
        const T* const dp = dy + first;
        T* const to = dx + first;
        const double total = sum_row<T>(
            classes, [&](extent i) { return load_block(p + i) * load_block(dp + i); },
            [&](extent i, extent count) { return load_first(p + i, count) * load_first(dp + i, count); });
        const Block<T> mean = repeat(static_cast<T>(total));
        for_blocks<T>(
            classes, [&](extent i) { store_block(to + i, gradient(load_block(p + i), load_block(dp + i), mean)); },
            [&](extent i, extent count) {
              store_first(to + i, gradient(load_first(p + i, count), load_first(dp + i, count), mean), count);
            });
      },
      [&](extent first, extent stride, extent count) {
        ColumnSum<T> sum(classes);
        for (extent at = first, c = 0; c < classes; ++c, at += stride) {
          sum.add(c, rows::load_some(y + at, count) * rows::load_some(dy + at, count));
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
      [&](extent first) {
        const T* const log_p = y + first;
        const T* const dp = dy + first;
        T* const to = dx + first;
        const double total = sum_row<T>(
            classes, [&](extent i) { return load_block(dp + i); },
            [&](extent i, extent count) { return load_first(dp + i, count); });
        const Block<T> minus = repeat(-static_cast<T>(total));
        for_blocks<T>(
            classes, [&](extent i) { store_block(to + i, gradient(load_block(log_p + i), load_block(dp + i), minus)); },
            [&](extent i, extent count) {
              store_first(to + i, gradient(load_first(log_p + i, count), load_first(dp + i, count), minus), count);
            });
      },
      [&](extent first, extent stride, extent count) {
        ColumnSum<T> sum(classes);
        for (extent at = first, c = 0; c < classes; ++c, at += stride) {
          sum.add(c, rows::load_some(dy + at, count));
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
