// SPDX-License-Identifier: Apache-2.0
#include "block.hpp"
#include "instantiate.hpp"
#include "moments.hpp"
#include "normalize_sums.hpp"
#include "parallel.hpp"

#include <cleave/base/math.hpp>
#include <cleave/device/scratch.hpp>
#include <cleave/ops/normalize_kernels.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS {
namespace channels {

/// The sums of neighbouring columns over rows of the matrix, and the sums of squares around the mean; the last `n`
/// lanes of Many where n is not 0.
template <class Many, bool IsPart, class T>
[[gnu::always_inline]] inline void moments_of_columns(const T* x, extent columns, extent row, extent rows, extent n,
                                                      T* sums, T* squares) {
  const auto load_row = [&](extent r) {
    if constexpr (IsPart) {
      return load_first_as<Many>(x + r * columns, n);
    } else {
      return load_as<Many>(x + r * columns);
    }
  };
  Many sum = repeat_in<Many>(T(0));
  for (extent r = row; r < row + rows; ++r) {
    sum = sum + load_row(r);
  }
  const Many mean = sum * repeat_in<Many>(T(1) / static_cast<T>(rows));
  Many square = repeat_in<Many>(T(0));
  for (extent r = row; r < row + rows; ++r) {
    const Many d = load_row(r) - mean;
    square = fma(d, d, square);
  }
  if constexpr (IsPart) {
    store_first(sums, sum, n);
    store_first(squares, square, n);
  } else {
    store_block(sums, sum);
    store_block(squares, square);
  }
}

/// Channels of one position each: `n` of them from `channel` on.
template <class T>
void moments_of_rows(const T* x, extent columns, extent n, extent row, extent rows, T* sums, T* squares) {
  using One = Registers<T, 1>;
  extent j = 0;
  for (; j + normal::Wide<T>::lanes <= n; j += normal::Wide<T>::lanes) {
    moments_of_columns<normal::Wide<T>, false>(x + j, columns, row, rows, 0, sums + j, squares + j);
  }
  for (; j + One::lanes <= n; j += One::lanes) {
    moments_of_columns<One, false>(x + j, columns, row, rows, 0, sums + j, squares + j);
  }
  if (j < n) {
    moments_of_columns<One, true>(x + j, columns, row, rows, n - j, sums + j, squares + j);
  }
}

/// One channel of `space` positions.
template <class T>
void moments_of_positions(const T* x, extent columns, extent channel, extent space, extent row, extent rows, T& sums,
                          T& squares) {
  double sum = 0;
  for (extent r = row; r < row + rows; ++r) {
    const T* const from = x + (r * columns + channel) * space;
    sum += sum_row<T>(
        space, [&](extent i, const Block<T>& so_far) { return so_far + load_block(from + i); },
        [&](extent i, extent n, const Block<T>& so_far) { return so_far + load_first(from + i, n); });
  }
  sums = static_cast<T>(sum);
  const Block<T> mean = repeat(static_cast<T>(sum / static_cast<double>(rows * space)));
  double square = 0;
  for (extent r = row; r < row + rows; ++r) {
    const T* const from = x + (r * columns + channel) * space;
    square += sum_row<T>(
        space,
        [&](extent i, const Block<T>& so_far) {
          const Block<T> d = load_block(from + i) - mean;
          return fma(d, d, so_far);
        },
        [&](extent i, extent n, const Block<T>& so_far) {
          const Block<T> d = first_lanes(load_first(from + i, n) - mean, n, T(0));
          return fma(d, d, so_far);
        });
  }
  squares = static_cast<T>(square);
}

template <class T>
T rstd_of(T variance, double eps) {
  return static_cast<T>(1 / math::sqrt(static_cast<double>(variance) + eps));
}

/// rstd of each channel.
template <class T>
void rstd_of_all(T* rstd, const T* variance, extent count, double eps) {
  for (extent c = 0; c < count; ++c) {
    rstd[c] = rstd_of(variance[c], eps);
  }
}

/// Numbers of a channel that are alike for all its positions: a pointer to one a channel, read as a block of
/// neighbouring channels or repeated.
template <class T>
[[gnu::always_inline]] inline Block<T> of_channels(const T* from, extent n) {
  return n >= Block<T>::lanes ? load_block(from) : load_first(from, n);
}

/// Runs block(element, elements, channel number or -1 ...) over rows [first, last): `block(at, n, get)` computes n
/// elements from `at` on, where get(array) is the array's numbers for their channels.
template <class T, class Compute>
[[gnu::always_inline]] inline void for_elements(extent first, extent last, extent columns, extent space,
                                                Compute compute) {
  constexpr extent lanes = Block<T>::lanes;
  for (extent r = first; r < last; ++r) {
    if (space == 1) {
      for (extent c = 0; c < columns; c += lanes) {
        const extent n = columns - c < lanes ? columns - c : lanes;
        compute(r * columns + c, n, [&](const T* of) { return of_channels(of + c, n); });
      }
      continue;
    }
    for (extent c = 0; c < columns; ++c) {
      const extent at = (r * columns + c) * space;
      for (extent i = 0; i < space; i += lanes) {
        compute(at + i, space - i < lanes ? space - i : lanes, [&](const T* of) { return repeat(of[c]); });
      }
    }
  }
}

} // namespace channels

template <class T>
void batch_statistics(std::byte* const* arenas, const KernelArguments& call) {
  const T* const x = call.operand<T>(arenas, 1);
  T* const result = call.result<T>(arenas);
  const extent rows = call.sizes[0];
  const extent columns = call.sizes[1];
  const extent space = call.sizes[2];
  const extent grain = call.sizes[3];
  constexpr extent width = normal::Wide<T>::lanes;
  const Grains grains = grain > 0 ? Grains{grain, call.sizes[4], rows} : Grains{normal::rows_at_once, 0, rows};
  const extent roots = count_roots(grains);
  const extent levels = waiting_levels(grains);
  const auto elements = static_cast<double>(rows * space * width);
  for_tiles((columns + width - 1) / width, Cost{4 * elements, sizeof(T) * elements}, [&](extent begin, extent end) {
    const Scratch memory(static_cast<std::size_t>((roots + levels) * 2 * width) * sizeof(T));
    T* const of_roots = memory.as<T>();
    for (extent t = begin; t < end; ++t) {
      const extent channel = t * width;
      const extent n = columns - channel < width ? columns - channel : width;
      moments_of_grains(grains, space, of_roots, n, of_roots + roots * 2 * n, [&](T* to, extent row, extent many) {
        if (space == 1) {
          channels::moments_of_rows(x + channel, columns, n, row, many, to, to + n);
          return;
        }
        for (extent j = 0; j < n; ++j) {
          channels::moments_of_positions(x, columns, channel + j, space, row, many, to[j], to[n + j]);
        }
      });
      extent left = roots;
      if (grain == 0) {
        const extent borders[] = {0, grains.last()};
        join_moments_of_slices(of_roots, n, borders, 1, grains.size, rows, space);
        left = 1;
      }
      for (extent half = 0; half < 2 * left; ++half) {
        std::memcpy(result + half * columns + channel, of_roots + half * n, static_cast<std::size_t>(n) * sizeof(T));
      }
    }
  });
}

template <class T>
void batch_moments(std::byte* const* arenas, const KernelArguments& call) {
  const T* const roots = call.operand<T>(arenas, 1);
  T* const mean = call.result<T>(arenas);
  T* const variance = const_cast<T*>(call.operand<T>(arenas, 2)); // NOLINT(cppcoreguidelines-pro-type-const-cast)
  const extent rows = call.sizes[0];
  const extent columns = call.sizes[1];
  const extent space = call.sizes[2];
  const extent grain = call.sizes[3];
  const auto n = static_cast<double>(rows * space);
  extent borders[max_kernel_sizes] = {};
  int slices = 1;
  extent count = 1;
  if (grain > 0) {
    slices = static_cast<int>(call.sizes[4]);
    for (int i = 1; i < slices; ++i) {
      borders[i] = call.sizes[4 + i] / grain;
    }
    borders[slices] = (rows + grain - 1) / grain;
    count = 0;
    for (int i = 0; i < slices; ++i) {
      count += count_roots(borders[i], borders[i + 1]);
    }
  }
  const auto bytes = static_cast<std::size_t>(count * 2 * columns) * sizeof(T);
  const Scratch memory(bytes);
  T* const joined = memory.as<T>();
  std::memcpy(joined, roots, bytes);
  if (grain > 0) {
    join_moments_of_slices(joined, columns, borders, slices, grain, rows, space);
  }
  for (extent c = 0; c < columns; ++c) {
    mean[c] = static_cast<T>(static_cast<double>(joined[c]) / n);
    variance[c] = static_cast<T>(static_cast<double>(joined[columns + c]) / n);
  }
}

template <class T>
void batch_norm(std::byte* const* arenas, const KernelArguments& call) {
  const T* const x = call.operand<T>(arenas, 1);
  const T* const mean = call.operand<T>(arenas, 2);
  const T* const variance = call.operand<T>(arenas, 3);
  const T* const gamma = call.operand<T>(arenas, 4);
  const T* const beta = call.operand<T>(arenas, 5);
  T* const y = call.result<T>(arenas);
  const extent columns = call.sizes[1];
  const extent space = call.sizes[2];
  const bool fixed = (call.sizes[3] & 1) != 0;
  const auto count = static_cast<double>(columns * space);
  for_tiles(call.sizes[0], Cost{4 * count, 2 * sizeof(T) * count}, [&](extent first, extent last) {
    const Scratch memory(static_cast<std::size_t>(columns) * sizeof(T));
    T* const rstd = memory.as<T>();
    channels::rstd_of_all(rstd, variance, columns, call.numbers[0]);
    channels::for_elements<T>(first, last, columns, space, [&](extent at, extent n, auto get) {
      const Block<T> xhat = (load_some(x + at, n) - get(mean)) * get(rstd);
      store_some(y + at, fma(xhat, fixed ? repeat(T(1)) : get(gamma), get(beta)), n);
    });
  });
}

template <class T>
void batch_norm_sums(std::byte* const* arenas, const KernelArguments& call) {
  const T* const dy = call.operand<T>(arenas, 1);
  const T* const x = call.operand<T>(arenas, 2);
  const T* const mean = call.operand<T>(arenas, 3);
  const T* const variance = call.operand<T>(arenas, 4);
  const extent columns = call.sizes[1];
  const extent space = call.sizes[2];
  const double eps = call.numbers[0];
  const auto add_rows = [&](T* sums, T* products, extent channel, extent n, extent row, extent rows) {
    for (extent j = 0; j < n;) {
      if (space > 1) {
        const Two<T> moments{mean[channel + j], channels::rstd_of(variance[channel + j], eps)};
        normal::add_positions(dy, x, columns, channel + j, space, row, rows, products[j], sums[j],
                              [&](extent) { return moments; });
        ++j;
        continue;
      }
      T rstd[normal::Wide<T>::lanes];
      for (extent k = 0; k < n; ++k) {
        rstd[k] = channels::rstd_of(variance[channel + k], eps);
      }
      normal::add_columns(dy, x, columns, channel, n, row, rows, products, sums,
                          [&](auto from, extent, extent k, extent many) {
                            using Many = decltype(from);
                            const auto load_many = [&](const T* of) {
                              return many < Many::lanes ? load_first_as<Many>(of, many) : load_as<Many>(of);
                            };
                            return (from - load_many(mean + channel + k)) * load_many(rstd + k);
                          });
      return;
    }
  };
  normal::for_columns<T>(call.result<T>(arenas), columns, space, call.sizes[0], call.sizes[3], call.sizes[4], add_rows);
}

template <class T>
void batch_norm_gradient(std::byte* const* arenas, const KernelArguments& call) {
  const T* const dy = call.operand<T>(arenas, 1);
  const T* const x = call.operand<T>(arenas, 2);
  const T* const mean = call.operand<T>(arenas, 3);
  const T* const variance = call.operand<T>(arenas, 4);
  const T* const gamma = call.operand<T>(arenas, 5);
  const T* const sums = call.operand<T>(arenas, 6);
  T* const dx = call.result<T>(arenas);
  const extent columns = call.sizes[1];
  const extent space = call.sizes[2];
  const bool fixed = (call.sizes[3] & 1) != 0;
  const Block<T> share = repeat(-static_cast<T>(call.numbers[1]));
  const auto count = static_cast<double>(columns * space);
  for_tiles(call.sizes[0], Cost{9 * count, 3 * sizeof(T) * count}, [&](extent first, extent last) {
    const Scratch memory(static_cast<std::size_t>(columns) * sizeof(T));
    T* const rstd = memory.as<T>();
    channels::rstd_of_all(rstd, variance, columns, call.numbers[0]);
    channels::for_elements<T>(first, last, columns, space, [&](extent at, extent n, auto get) {
      const Block<T> xhat = (load_some(x + at, n) - get(mean)) * get(rstd);
      const Block<T> centered = fma(get(sums), share, load_some(dy + at, n));
      const Block<T> left = fma(xhat * get(sums + columns), share, centered);
      store_some(dx + at, (fixed ? repeat(T(1)) : get(gamma)) * get(rstd) * left, n);
    });
  });
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS

CLEAVE_INSTANTIATE(batch_statistics, float, double)
CLEAVE_INSTANTIATE(batch_moments, float, double)
CLEAVE_INSTANTIATE(batch_norm, float, double)
CLEAVE_INSTANTIATE(batch_norm_sums, float, double)
CLEAVE_INSTANTIATE(batch_norm_gradient, float, double)
