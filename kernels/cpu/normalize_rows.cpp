// SPDX-License-Identifier: Apache-2.0
#include "block.hpp"
#include "instantiate.hpp"
#include "normalize_sums.hpp"
#include "parallel.hpp"

#include <cleave/base/math.hpp>
#include <cleave/device/scratch.hpp>
#include <cleave/ops/normalize_kernels.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS {
namespace normal {

/// An operand that a kernel writes.
template <class T>
T* written(std::byte* const* arenas, const KernelArguments& call, int i) {
  return const_cast<T*>(call.operand<T>(arenas, i)); // NOLINT(cppcoreguidelines-pro-type-const-cast): a result
}

template <class T>
T rstd_of(T variance, double eps) {
  return static_cast<T>(1 / math::sqrt(static_cast<double>(variance) + eps));
}

/// A row of `count` elements, `space` neighbours of which share a gamma and a beta.
struct Row {
  extent count;
  extent space;
};

/// The pieces of a row that share their gamma and beta: run(first element, elements, index of gamma). Where each
/// element has its own, the row is one piece.
template <class Run>
[[gnu::always_inline]] inline void for_pieces(const Row& row, Run run) {
  for (extent i = 0, c = 0; i < row.count; i += row.space, ++c) {
    run(i, row.space, c);
  }
}

template <class T>
T mean_of(const T* x, extent count) {
  const double total = sum_row<T>(
      count, [&](extent i, const Block<T>& sum) { return sum + load_block(x + i); },
      [&](extent i, extent n, const Block<T>& sum) { return sum + load_first(x + i, n); });
  return static_cast<T>(total / static_cast<double>(count));
}

/// (x - mean)^2 added to a sum.
template <class T>
[[gnu::always_inline]] inline Block<T> add_square(const Block<T>& x, const Block<T>& mean, const Block<T>& sum) {
  const Block<T> d = x - mean;
  return fma(d, d, sum);
}
/// The same of n elements.
template <class T>
[[gnu::always_inline]] inline Block<T> add_square(const T* x, extent n, const Block<T>& mean, const Block<T>& sum) {
  const Block<T> d = first_lanes(load_first(x, n) - mean, n, T(0));
  return fma(d, d, sum);
}
template <class T>
T variance_of(const T* x, extent count, T mean) {
  const Block<T> center = repeat(mean);
  const double total = sum_row<T>(
      count, [&](extent i, const Block<T>& sum) { return add_square(load_block(x + i), center, sum); },
      [&](extent i, extent n, const Block<T>& sum) { return add_square(x + i, n, center, sum); });
  return static_cast<T>(total / static_cast<double>(count));
}

/// (x - mean) * rstd * gamma + beta
template <class T>
[[gnu::always_inline]] inline Block<T> apply(const Block<T>& x, const Block<T>& mean, const Block<T>& rstd,
                                             const Block<T>& gamma, const Block<T>& beta) {
  return fma((x - mean) * rstd, gamma, beta);
}

/// Normalises a row whose elements have gammas of their own.
template <class T>
void apply_row(const T* x, T* y, extent count, T mean, T rstd, const T* gamma, const T* beta) {
  const Block<T> m = repeat(mean);
  const Block<T> r = repeat(rstd);
  for_blocks<T>(
      count,
      [&](extent i) {
        store_block(y + i, apply(load_block(x + i), m, r, load_block(gamma + i), load_block(beta + i)));
      },
      [&](extent i, extent n) {
        store_first(y + i, apply(load_first(x + i, n), m, r, load_first(gamma + i, n), load_first(beta + i, n)), n);
      });
}
/// Normalises elements that share their gamma.
template <class T>
void apply_piece(const T* x, T* y, extent count, T mean, T rstd, T gamma, T beta) {
  const Block<T> m = repeat(mean);
  const Block<T> r = repeat(rstd);
  const Block<T> by = repeat(gamma);
  const Block<T> plus = repeat(beta);
  for_blocks<T>(
      count, [&](extent i) { store_block(y + i, apply(load_block(x + i), m, r, by, plus)); },
      [&](extent i, extent n) { store_first(y + i, apply(load_first(x + i, n), m, r, by, plus), n); });
}

/// Rows one behind the other with gammas of their own: a row's squares are added while the row two behind it is summed
/// and the row two before it is normalised, so that none waits for its own sums.
template <class T>
struct LayerNorm {
  const T* x;
  T* y;
  T* mean;
  T* rstd;
  const T* gamma;
  const T* beta;
  extent count;
  double eps;

  void find_mean(extent o) const { mean[o] = mean_of(x + o * count, count); }
  void find_rstd(extent o) const { rstd[o] = rstd_of(variance_of(x + o * count, count, mean[o]), eps); }
  void finish(extent o) const { apply_row(x + o * count, y + o * count, count, mean[o], rstd[o], gamma, beta); }

  /// find_mean(o + 2), find_rstd(o) and finish(o - 2).
  void all_three(extent o) const {
    const T* const now = x + o * count;
    const T* const later = now + 2 * count;
    const T* const earlier = now - 2 * count;
    T* const to = y + (o - 2) * count;
    const T* const gammas = gamma; // not read again after each store
    const T* const betas = beta;
    const Block<T> center = repeat(mean[o]);
    const Block<T> m = repeat(mean[o - 2]);
    const Block<T> r = repeat(rstd[o - 2]);
    const Two<double> total = sum_two<T>(
        count,
        [&](extent i, const Two<Block<T>>& sum) {
          __builtin_prefetch(later + i + elements_ahead<T>);
          store_block(to + i, apply(load_block(earlier + i), m, r, load_block(gammas + i), load_block(betas + i)));
          return Two<Block<T>>{sum.first + load_block(later + i), add_square(load_block(now + i), center, sum.second)};
        },
        [&](extent i, extent n, const Two<Block<T>>& sum) {
          const Block<T> by = load_first(gammas + i, n);
          store_first(to + i, apply(load_first(earlier + i, n), m, r, by, load_first(betas + i, n)), n);
          return Two<Block<T>>{sum.first + load_first(later + i, n), add_square(now + i, n, center, sum.second)};
        });
    mean[o + 2] = static_cast<T>(total.first / static_cast<double>(count));
    rstd[o] = rstd_of(static_cast<T>(total.second / static_cast<double>(count)), eps);
  }

  void run(extent first, extent last) const {
    for (extent o = first - 2; o < last + 2; ++o) {
      if (o >= first + 2 && o + 2 < last) {
        all_three(o);
        continue;
      }
      if (o + 2 < last) {
        find_mean(o + 2);
      }
      if (o >= first && o < last) {
        find_rstd(o);
      }
      if (o - 2 >= first) {
        finish(o - 2);
      }
    }
  }
};

/// The sums over a row of g = dy * gamma and of g * xhat, and what is made of them.
template <class T>
struct RowGradient {
  Block<T> mean;
  Block<T> rstd;
  [[nodiscard]] [[gnu::always_inline]] Two<Block<T>> add(const Block<T>& dy, const Block<T>& gamma, const Block<T>& x,
                                                         const Two<Block<T>>& sum) const {
    return {fma(dy, gamma, sum.first), fma(dy * gamma, (x - mean) * rstd, sum.second)};
  }
  /// rstd * (g - mean of g - xhat * mean of g * xhat); the means are given negated.
  [[nodiscard]] [[gnu::always_inline]] Block<T> gradient(const Block<T>& dy, const Block<T>& gamma, const Block<T>& x,
                                                         const Two<Block<T>>& minus) const {
    return rstd * fma((x - mean) * rstd, minus.second, fma(dy, gamma, minus.first));
  }
};

} // namespace normal

template <class T>
void normalize_rows(std::byte* const* arenas, const KernelArguments& call) {
  const T* const x = call.operand<T>(arenas, 1);
  const T* const gamma = call.operand<T>(arenas, 2);
  const T* const beta = call.operand<T>(arenas, 3);
  T* const mean = normal::written<T>(arenas, call, 4);
  T* const rstd = normal::written<T>(arenas, call, 5);
  T* const y = call.result<T>(arenas);
  const extent channels = call.sizes[1];
  const extent space = call.sizes[2];
  const extent turns = call.sizes[3];
  const extent count = channels * space;
  const double eps = call.numbers[0];
  const Cost cost{8. * static_cast<double>(count), 2. * sizeof(T) * static_cast<double>(count)};
  for_tiles(call.sizes[0], cost, [&](extent first, extent last) {
    if (space == 1 && turns == 1) {
      normal::LayerNorm<T>{x, y, mean, rstd, gamma, beta, count, eps}.run(first, last);
      return;
    }
    for (extent o = first; o < last; ++o) {
      const T* const row = x + o * count;
      const T* const by = gamma + o % turns * channels;
      const T* const plus = beta + o % turns * channels;
      mean[o] = normal::mean_of(row, count);
      rstd[o] = normal::rstd_of(normal::variance_of(row, count, mean[o]), eps);
      if (space == 1) {
        normal::apply_row(row, y + o * count, count, mean[o], rstd[o], by, plus);
        continue;
      }
      normal::for_pieces({count, space}, [&](extent i, extent n, extent c) {
        normal::apply_piece(row + i, y + o * count + i, n, mean[o], rstd[o], by[c], plus[c]);
      });
    }
  });
}

template <class T>
void normalize_rows_gradient(std::byte* const* arenas, const KernelArguments& call) {
  const T* const dy = call.operand<T>(arenas, 1);
  const T* const x = call.operand<T>(arenas, 2);
  const T* const gamma = call.operand<T>(arenas, 3);
  const T* const mean = call.operand<T>(arenas, 4);
  const T* const rstd = call.operand<T>(arenas, 5);
  T* const dx = call.result<T>(arenas);
  const extent channels = call.sizes[1];
  const extent space = call.sizes[2];
  const extent turns = call.sizes[3];
  const extent count = channels * space;
  const Cost cost{14. * static_cast<double>(count), 3. * sizeof(T) * static_cast<double>(count)};
  for_tiles(call.sizes[0], cost, [&](extent first, extent last) {
    for (extent o = first; o < last; ++o) {
      const T* const from = x + o * count;
      const T* const cotangent = dy + o * count;
      const T* const by = gamma + o % turns * channels;
      T* const to = dx + o * count;
      const normal::RowGradient<T> row{repeat(mean[o]), repeat(rstd[o])};
      double total_g = 0;
      double total_product = 0;
      if (space == 1) {
        const Two<double> total = sum_two<T>(
            count,
            [&](extent i, const Two<Block<T>>& sum) {
              return row.add(load_block(cotangent + i), load_block(by + i), load_block(from + i), sum);
            },
            [&](extent i, extent n, const Two<Block<T>>& sum) {
              return row.add(load_first(cotangent + i, n), load_first(by + i, n), load_first(from + i, n), sum);
            });
        total_g = total.first;
        total_product = total.second;
      } else {
        normal::for_pieces({count, space}, [&](extent begin, extent length, extent c) {
          const Block<T> scale = repeat(by[c]);
          const Two<double> total = sum_two<T>(
              length,
              [&](extent i, const Two<Block<T>>& sum) {
                return row.add(load_block(cotangent + begin + i), scale, load_block(from + begin + i), sum);
              },
              [&](extent i, extent n, const Two<Block<T>>& sum) {
                return row.add(load_first(cotangent + begin + i, n), scale, load_first(from + begin + i, n), sum);
              });
          total_g += total.first;
          total_product += total.second;
        });
      }
      const Two<Block<T>> minus{repeat(-static_cast<T>(total_g / static_cast<double>(count))),
                                repeat(-static_cast<T>(total_product / static_cast<double>(count)))};
      if (space == 1) {
        for_blocks<T>(
            count,
            [&](extent i) {
              store_block(to + i,
                          row.gradient(load_block(cotangent + i), load_block(by + i), load_block(from + i), minus));
            },
            [&](extent i, extent n) {
              store_first(
                  to + i,
                  row.gradient(load_first(cotangent + i, n), load_first(by + i, n), load_first(from + i, n), minus), n);
            });
        continue;
      }
      normal::for_pieces({count, space}, [&](extent begin, extent length, extent c) {
        const Block<T> scale = repeat(by[c]);
        for_blocks<T>(
            length,
            [&](extent i) {
              const extent at = begin + i;
              store_block(to + at, row.gradient(load_block(cotangent + at), scale, load_block(from + at), minus));
            },
            [&](extent i, extent n) {
              const extent at = begin + i;
              store_first(to + at, row.gradient(load_first(cotangent + at, n), scale, load_first(from + at, n), minus),
                          n);
            });
      });
    }
  });
}

template <class T>
void normalize_rows_affine_gradient(std::byte* const* arenas, const KernelArguments& call) {
  const T* const dy = call.operand<T>(arenas, 1);
  const T* const x = call.operand<T>(arenas, 2);
  const T* const mean = call.operand<T>(arenas, 3);
  const T* const rstd = call.operand<T>(arenas, 4);
  const extent space = call.sizes[2];
  const extent turns = call.sizes[3];
  const extent columns = turns * call.sizes[1];
  const auto add_rows = [&](T* gamma, T* beta, extent column, extent n, extent row, extent rows) {
    if (space == 1 && turns == 1) {
      normal::add_columns(dy, x, columns, column, n, row, rows, gamma, beta, [&](auto from, extent r, extent, extent) {
        return (from - repeat_in<decltype(from)>(mean[r])) * repeat_in<decltype(from)>(rstd[r]);
      });
      return;
    }
    for (extent j = 0; j < n; ++j) {
      const extent turn = (column + j) / call.sizes[1];
      normal::add_positions(dy, x, columns, column + j, space, row, rows, gamma[j], beta[j],
                            [&](extent r) { return Two<T>{mean[r * turns + turn], rstd[r * turns + turn]}; });
    }
  };
  normal::for_columns<T>(call.result<T>(arenas), columns, space, call.sizes[0] / turns, call.sizes[4], call.sizes[5],
                         add_rows);
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS

CLEAVE_INSTANTIATE(normalize_rows, float, double)
CLEAVE_INSTANTIATE(normalize_rows_gradient, float, double)
CLEAVE_INSTANTIATE(normalize_rows_affine_gradient, float, double)
