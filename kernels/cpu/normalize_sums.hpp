// SPDX-License-Identifier: Apache-2.0
// The sums over the rows of a batch that gradients of normalisations have: of dy * xhat and of dy, column by column.
#pragma once

#include "block.hpp"
#include "grain.hpp"
#include "parallel.hpp"

#include <cleave/device/scratch.hpp>

namespace cleave::kernels::inline CLEAVE_ISA::normal {

/// Four registers: so many sums of products as no addition waits for the one before.
template <class T>
using Wide = Registers<T, 4>;

/// The sums of one stretch of columns over rows of the matrix: of dy * xhat(x, row, j, n), and of dy; j is the
/// distance from the first column, n how many lanes count.
template <class Many, class T, class Xhat>
[[gnu::always_inline]] inline void add_some_columns(const T* dy, const T* x, extent columns, extent rows, extent row,
                                                    T* products, T* sums, extent j, Xhat xhat) {
  Many product = repeat_in<Many>(T(0));
  Many sum = repeat_in<Many>(T(0));
  for (extent r = row; r < row + rows; ++r) {
    const Many cotangent = load_as<Many>(dy + r * columns);
    product = fma(cotangent, xhat(load_as<Many>(x + r * columns), r, j, extent(Many::lanes)), product);
    sum = sum + cotangent;
  }
  store_block(products, product);
  store_block(sums, sum);
}

/// `n` columns from `column` on, over the rows [row, row + rows): products[j] and sums[j] are written.
template <class T, class Xhat>
void add_columns(const T* dy, const T* x, extent columns, extent column, extent n, extent row, extent rows, T* products,
                 T* sums, Xhat xhat) {
  using One = Registers<T, 1>;
  extent j = 0;
  for (; j + Wide<T>::lanes <= n; j += Wide<T>::lanes) {
    add_some_columns<Wide<T>>(dy + column + j, x + column + j, columns, rows, row, products + j, sums + j, j, xhat);
  }
  for (; j + One::lanes <= n; j += One::lanes) {
    add_some_columns<One>(dy + column + j, x + column + j, columns, rows, row, products + j, sums + j, j, xhat);
  }
  if (j < n) {
    One product = repeat_in<One>(T(0));
    One sum = repeat_in<One>(T(0));
    for (extent r = row; r < row + rows; ++r) {
      const One cotangent = load_first_as<One>(dy + r * columns + column + j, n - j);
      product = fma(cotangent, xhat(load_first_as<One>(x + r * columns + column + j, n - j), r, j, n - j), product);
      sum = sum + cotangent;
    }
    store_first(products + j, product, n - j);
    store_first(sums + j, sum, n - j);
  }
}

/// The sums over `space` positions and the rows [row, row + rows) of one column; moments(r) gives mean and rstd of row
/// r.
template <class T, class Moments>
void add_positions(const T* dy, const T* x, extent columns, extent column, extent space, extent row, extent rows,
                   T& products, T& sums, Moments moments) {
  double product = 0;
  double sum = 0;
  for (extent r = row; r < row + rows; ++r) {
    const extent at = (r * columns + column) * space;
    const Two<T> of = moments(r);
    const Block<T> mean = repeat(of.first);
    const Block<T> rstd = repeat(of.second);
    const Two<double> total = sum_two<T>(
        space,
        [&](extent i, const Two<Block<T>>& so_far) {
          const Block<T> cotangent = load_block(dy + at + i);
          return Two<Block<T>>{fma(cotangent, (load_block(x + at + i) - mean) * rstd, so_far.first),
                               so_far.second + cotangent};
        },
        [&](extent i, extent n, const Two<Block<T>>& so_far) {
          const Block<T> cotangent = load_first(dy + at + i, n);
          return Two<Block<T>>{fma(cotangent, (load_first(x + at + i, n) - mean) * rstd, so_far.first),
                               so_far.second + cotangent};
        });
    product += total.first;
    sum += total.second;
  }
  products = static_cast<T>(product);
  sums = static_cast<T>(sum);
}

/// Where no grains are asked for, rows are added in grains of this many all the same, which keeps the error small.
inline constexpr extent rows_at_once = 32;

/// Writes to `result`, for each root, the first sum of every column and then the second of every column:
/// add_rows(first, second, column, n, row, rows) gives those of n columns over the rows of one grain. With grain 0
/// there is one root.
template <class T, class AddRows>
void for_columns(T* result, extent columns, extent space, extent rows, extent grain, extent first_row,
                 AddRows add_rows) {
  constexpr extent width = Wide<T>::lanes;
  const Grains grains = grain > 0 ? Grains{grain, first_row, rows} : Grains{rows_at_once, 0, rows};
  const extent roots = count_roots(grains);
  const extent levels = waiting_levels(grains);
  const auto elements = static_cast<double>(rows * space * width);
  for_tiles((columns + width - 1) / width, Cost{6 * elements, 2 * sizeof(T) * elements}, [&](extent begin, extent end) {
    const Scratch memory(static_cast<std::size_t>((roots + levels) * 2 * width) * sizeof(T));
    T* const of_roots = memory.as<T>();
    for (extent t = begin; t < end; ++t) {
      const extent column = t * width;
      const extent n = columns - column < width ? columns - column : width;
      sum_grains(grains, of_roots, 2 * n, 2 * n, of_roots + roots * 2 * n,
                 [&](T* to, extent row, extent many) { add_rows(to, to + n, column, n, row, many); });
      extent left = roots;
      if (grain == 0) {
        const extent borders[] = {0, grains.last()};
        join_roots(of_roots, 2 * n, 2 * n, borders, 1);
        left = 1;
      }
      for (extent root = 0; root < left; ++root) {
        std::memcpy(result + root * 2 * columns + column, of_roots + root * 2 * n,
                    static_cast<std::size_t>(n) * sizeof(T));
        std::memcpy(result + (root * 2 + 1) * columns + column, of_roots + (root * 2 + 1) * n,
                    static_cast<std::size_t>(n) * sizeof(T));
      }
    }
  });
}

} // namespace cleave::kernels::inline CLEAVE_ISA::normal
