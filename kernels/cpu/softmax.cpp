// SPDX-License-Identifier: Apache-2.0
#include "falling_exp.hpp"
#include "instantiate.hpp"
#include "softmax_rows.hpp"

#include <cleave/base/math.hpp>
#include <cleave/ops/kernels.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS {
namespace rows {

template <class T>
inline constexpr T lowest = -static_cast<T>(__builtin_inf());

/// What is subtracted before exponentials are taken: the element that is the largest when scaled, which `extreme` is
/// but for the sign, or 0 where all are -inf then. NaN stays out of it, and comes back with the exponentials.
template <class T>
T shift_of(T extreme, T scale) {
  if (extreme == lowest<T>) {
    return T(0);
  }
  return scale < 0 ? -extreme : extreme;
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

/// What is subtracted from each of neighbouring rows.
template <class T>
Block<T> shifts_of(const Block<T>& extremes, T scale) {
  T each[Block<T>::lanes];
  store_block(each, extremes);
  for (T& one : each) {
    one = shift_of(one, scale);
  }
  return load_block(each);
}

/// scale * (x - shift), never above 0; where scale is 1 the multiplication is saved.
template <class T, bool IsScaled>
struct Falling {
  Block<T> scale;
  Block<T> shift;
  [[gnu::always_inline]] Block<T> operator()(const Block<T>& x) const {
    if constexpr (IsScaled) {
      return scale * (x - shift);
    } else {
      return x - shift;
    }
  }
  /// The same less `of_sum`. (Compilers would fuse the two in some loops and not in others.)
  [[nodiscard]] [[gnu::always_inline]] Block<T> less(const Block<T>& x, const Block<T>& of_sum) const {
    if constexpr (IsScaled) {
      return fma(scale, x - shift, repeat(T(-0.)) - of_sum);
    } else {
      return x - shift - of_sum;
    }
  }
};

/// 1 / total; 0 of 0, which is a row of -inf.
template <class T>
T reciprocal_total(double total) {
  return total == 0 ? T(0) : static_cast<T>(1 / total);
}
template <class T>
T log_total(double total) {
  return total == 0 ? T(0) : math::log(static_cast<T>(total));
}

/// The sum of a row's exponentials. Each is also given to `with(i, e)`, those of the last n elements to `part(i, n,
/// e)`.
template <class T, class Fall, class With, class Part>
[[gnu::always_inline]] inline double sum_exp(const T* from, extent classes, const Fall& fall, With with, Part part) {
  return sum_row<T>(
      classes,
      [&](extent i, const Block<T>& sum) {
        const Block<T> e = exp_of_falling(fall(load_block(from + i)));
        with(i, e);
        return sum + e;
      },
      [&](extent i, extent count, const Block<T>& sum) {
        const Block<T> e = first_lanes(exp_of_falling(fall(load_first(from + i, count))), count, T(0));
        part(i, count, e);
        return sum + e;
      });
}

/// p = exp(scale * x - log of the row's sum of such), or its logarithm.
template <class T, bool IsScaled, bool IsLog>
class Softmax {
  using Fall = Falling<T, IsScaled>;

public:
  Softmax(const T* x, T* p, extent classes, T scale) : x_(x), p_(p), classes_(classes), scale_(scale) {}

  /// Rows one behind the other: row o is worked on while row o + 2 is read and row o - 2 finished, so that none waits
  /// for its own extreme or its own sum.
  void rows(extent first, extent last) const {
    if (scale_ < 0) {
      rows_by_extreme<true>(first, last);
    } else {
      rows_by_extreme<false>(first, last);
    }
  }

  void columns(const Columns& at) const {
    const T* const from = x_ + at.first;
    T* const to = p_ + at.first;
    const Gathered<T> e(classes_);
    Fall fall[most_blocks];
    gather(from, at, e, fall);
    ColumnSums<T> sum(classes_);
    for (extent c = 0; c < classes_; ++c) {
      each_block<T>(at.count, [&](extent b, extent j, extent /*n*/) {
        const Block<T> exponential = exp_of_falling(fall[b](load_block(e.at(c, j))));
        if constexpr (!IsLog) {
          store_block(e.at(c, j), exponential);
        }
        sum[b].step(c, [&](const Block<T>& so_far) { return so_far + exponential; });
      });
    }
    Block<T> of_sum[most_blocks];
    sum.totals(at.count, of_sum, of_total);
    for (extent c = 0; c < classes_; ++c) {
      each_block<T>(at.count, [&](extent b, extent j, extent n) {
        store_some(to + c * at.stride + j, finished(load_block(e.at(c, j)), fall[b], of_sum[b]), n);
      });
    }
  }

private:
  static constexpr T of_total(double total) {
    if constexpr (IsLog) {
      return log_total<T>(total);
    } else {
      return reciprocal_total<T>(total);
    }
  }
  /// The result: of an element x, or of its exponential.
  static Block<T> finished(const Block<T>& x, const Fall& fall, const Block<T>& of_sum) {
    if constexpr (IsLog) {
      return fall.less(x, of_sum);
    } else {
      return x * of_sum;
    }
  }

  void gather(const T* from, const Columns& at, const Gathered<T>& e, Fall (&fall)[most_blocks]) const {
    const auto extremes = [&](auto greatest) {
      decltype(greatest) of[most_blocks];
      for (extent c = 0; c < classes_; ++c) {
        each_block<T>(at.count, [&](extent b, extent j, extent n) {
          const Block<T> x = load_far(from, c, at.stride, j, n);
          store_block(e.at(c, j), x);
          of[b].meet(x);
        });
      }
      each_block<T>(at.count, [&](extent b, extent /*j*/, extent /*n*/) {
        fall[b] = {repeat(scale_), shifts_of(of[b].value, scale_)};
      });
    };
    if (scale_ < 0) {
      extremes(Greatest<T, true>{});
    } else {
      extremes(Greatest<T, false>{});
    }
  }

  /// What is known of a row before it is worked on, and before it is finished.
  struct Known { // numbers, no blocks: what is written in pieces and read as a whole waits
    T shift;
    T of_sum;
  };

  [[nodiscard]] Fall fall_from(T shift) const { return {repeat(scale_), repeat(shift)}; }

  template <bool Least>
  void rows_by_extreme(extent first, extent last) const {
    if (classes_ < Block<T>::lanes) {
      for (extent o = first; o < last; ++o) {
        short_row<Least>(x_ + o * classes_, p_ + o * classes_);
      }
      return;
    }
    const auto extreme = [&](extent o) { return o < last ? extreme_of<T, Least>(x_ + o * classes_, classes_) : T(0); };
    T next[2] = {extreme(first), extreme(first + 1)};
    Known earlier[2] = {};
    for (extent o = first; o < last; ++o) {
      Known now{shift_of(next[0], scale_), T(0)};
      T later = T(0);
      const double total = o >= first + 2 && o + 2 < last ? row<Least, true>(o, now.shift, later, earlier[0])
                                                          : row<Least, false>(o, now.shift, later, earlier[0]);
      if (o + 2 < last && o < first + 2) {
        later = extreme(o + 2);
      }
      if (o >= first + 2 && o + 2 >= last) {
        finish(o - 2, earlier[0]);
      }
      now.of_sum = of_total(total);
      next[0] = next[1];
      next[1] = later;
      earlier[0] = earlier[1];
      earlier[1] = now;
    }
    if (last - first > 1) {
      finish(last - 2, earlier[0]);
    }
    finish(last - 1, earlier[1]);
  }

  /// The sum of row o; if `IsAmid`, also the extreme of row o + 2, and row o - 2 is finished.
  template <bool Least, bool IsAmid>
  double row(extent o, T shift, T& extreme_of_later, const Known& of_earlier) const {
    const Fall fall = fall_from(shift);
    const Fall earlier_fall = fall_from(of_earlier.shift);
    const T* const from = x_ + o * classes_;
    T* const to = p_ + o * classes_;
    const T* const later = from + 2 * classes_;
    T* const earlier = to - 2 * classes_;
    const T* const earlier_from = IsLog ? from - 2 * classes_ : earlier;
    const Block<T> of_sum = repeat(of_earlier.of_sum);
    [[maybe_unused]] Greatest<T, Least> greatest; // NOLINT(misc-const-correctness): met where rows are amid others
    const double total = sum_exp(
        from, classes_, fall,
        [&](extent i, const Block<T>& e) {
          if constexpr (!IsLog) {
            store_block(to + i, e);
          }
          if constexpr (IsAmid) {
            __builtin_prefetch(later + i + elements_ahead<T>);
            greatest.meet(load_block(later + i));
            store_block(earlier + i, finished(load_block(earlier_from + i), earlier_fall, of_sum));
          }
        },
        [&](extent i, extent n, const Block<T>& e) {
          if constexpr (!IsLog) {
            store_first(to + i, e, n);
          }
          if constexpr (IsAmid) {
            greatest.meet(first_lanes(load_first(later + i, n), n, Least ? -lowest<T> : lowest<T>));
            store_first(earlier + i, finished(load_first(earlier_from + i, n), earlier_fall, of_sum), n);
          }
        });
    if constexpr (IsAmid) {
      extreme_of_later = largest_lane(greatest.value);
    }
    return total;
  }

  void finish(extent o, const Known& of_row) const {
    const Fall fall = fall_from(of_row.shift);
    T* const to = p_ + o * classes_;
    const T* const from = IsLog ? x_ + o * classes_ : to;
    const Block<T> of_sum = repeat(of_row.of_sum);
    for_blocks<T>(
        classes_, [&](extent i) { store_block(to + i, finished(load_block(from + i), fall, of_sum)); },
        [&](extent i, extent n) { store_first(to + i, finished(load_first(from + i, n), fall, of_sum), n); });
  }

  /// A row of one block, which stays in its registers.
  template <bool Least>
  void short_row(const T* from, T* to) const {
    const Block<T> x = load_first(from, classes_);
    Greatest<T, Least> greatest;
    greatest.meet(first_lanes(x, classes_, Least ? -lowest<T> : lowest<T>));
    const Fall fall = fall_from(shift_of(largest_lane(greatest.value), scale_));
    const Block<T> e = first_lanes(exp_of_falling(fall(x)), classes_, T(0));
    WideSum<T> sum;
    sum.add(e);
    store_first(to, finished(IsLog ? x : e, fall, repeat(of_total(sum.total()))), classes_);
  }

  const T* x_;
  T* p_;
  extent classes_;
  T scale_;
};

template <class T, bool IsScaled, bool IsLog>
void softmax(const KernelArguments& call, const T* x, T* p) {
  const Softmax<T, IsScaled, IsLog> work(x, p, call.sizes[1], static_cast<T>(call.numbers[0]));
  for_rows<T>(
      call, 24, 2 * sizeof(T), [&](extent first, extent last) { work.rows(first, last); },
      [&](const Columns& at) { work.columns(at); });
}

} // namespace rows

template <class T>
void softmax(std::byte* const* arenas, const KernelArguments& call) {
  const auto run = call.numbers[0] == 1 ? &rows::softmax<T, false, false> : &rows::softmax<T, true, false>;
  run(call, call.operand<T>(arenas, 1), call.result<T>(arenas));
}

template <class T>
void log_softmax(std::byte* const* arenas, const KernelArguments& call) {
  const auto run = call.numbers[0] == 1 ? &rows::softmax<T, false, true> : &rows::softmax<T, true, true>;
  run(call, call.operand<T>(arenas, 1), call.result<T>(arenas));
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS

CLEAVE_INSTANTIATE(softmax, float, double)
CLEAVE_INSTANTIATE(log_softmax, float, double)
