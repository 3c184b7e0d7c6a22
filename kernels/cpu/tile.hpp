// SPDX-License-Identifier: Apache-2.0
// The register tile of matrix products and convolutions: Rows x Vectors registers of sums, to which the products of a
// column of a and a row of b are added, step by step along k. Every element's products are added in the order of k, one
// by one, whatever the tile's size and wherever the element stands in it.
#pragma once

#include "vector.hpp"

#include <utility>

namespace cleave::kernels::inline CLEAVE_ISA {

/// Elements (i, l) of a for the rows i of a tile: its rows are contiguous, `stride` elements apart.
template <class T>
struct RowsOfA {
  const T* data;
  extent stride;

  [[nodiscard]] const T* at(extent i, extent l) const { return data + i * stride + l; }
};
/// The same where columns are contiguous: a transposed matrix, or a packed strip.
template <class T>
struct ColumnsOfA {
  const T* data;
  extent stride;

  [[nodiscard]] const T* at(extent i, extent l) const { return data + l * stride + i; }
};

namespace tile {

/// Of many rows three share a pointer, and an index stands for their distance: all the pointers would not fit into
/// registers.
template <class T, int Rows>
class RowReader {
  static constexpr int together = Rows > 8 ? 3 : 1;

public:
  explicit RowReader(const RowsOfA<T>& a) : stride_(a.stride) {
    const T* row = a.data;
    for (int i = 0; i < Rows; i += together, row += together * a.stride) {
      rows_[i / together] = row;
    }
  }
  [[nodiscard]] T at(int i, extent l) const { return rows_[i / together][l + i % together * stride_]; }

private:
  const T* rows_[(Rows + together - 1) / together];
  extent stride_;
};
template <class T>
class ColumnReader {
public:
  explicit ColumnReader(const ColumnsOfA<T>& a) : a_(a) {}
  [[nodiscard]] T at(int i, extent l) const { return a_.data[l * a_.stride + i]; }

private:
  ColumnsOfA<T> a_;
};

template <int Rows, class T>
RowReader<T, Rows> reader(const RowsOfA<T>& a) {
  return RowReader<T, Rows>(a);
}
template <int Rows, class T>
ColumnReader<T> reader(const ColumnsOfA<T>& a) {
  return ColumnReader<T>(a);
}

} // namespace tile

/// sum += factor * x, where the compiler might not fuse the two: between reads and writes that it checks.
template <class T>
[[gnu::always_inline]] inline void add_product(Vector<T>& sum, T factor, const Vector<T>& x) {
  const Vector<T> of_b = x;
  Vector<T> result = sum;
  result += factor * of_b;
  sum = result;
}

/// How many rows fit beside `vectors` registers a row: sums, a row of b, one element of a, and one product for
/// instruction sets without fused operations. More than 12 would only need more registers for addresses.
constexpr int tile_rows(int vectors) {
  const int rows = (register_count - vectors - 2) / vectors;
  if (rows < 1) {
    return 1;
  }
  return rows > 12 ? 12 : rows;
}

/// sums[i * Vectors + v] += a(i, l) * row l of b, register v, for l from 0 to depth: rows of b lie `b_row` elements
/// apart; of the last register of each row only the lanes of `last` are read where that costs nothing
/// (fast_first_lanes). `a.at(i, l)` is any function: see tile::reader. `sums` must be a local array of the caller, so
/// that it stays in registers.
template <int Vectors, class T, class A, std::size_t... Each>
[[gnu::always_inline]] inline void add_products(Vector<T>* sums, const A& a, const T* b, extent b_row, extent depth,
                                                const FirstLanes<T>& last, std::index_sequence<Each...> /*sums*/) {
  constexpr int lanes = Lanes<T>::count;
  for (extent l = 0; l < depth; ++l, b += b_row) {
    Vector<T> row[Vectors];
    for (int v = 0; v + 1 < Vectors; ++v) {
      row[v] = load(b + v * lanes);
    }
    constexpr int end = (Vectors - 1) * lanes;
    if constexpr (fast_first_lanes) {
      row[Vectors - 1] = last.load(b + end);
    } else {
      row[Vectors - 1] = load(b + end);
    }
    ((sums[Each] += a.at(static_cast<int>(Each) / Vectors, l) * row[static_cast<int>(Each) % Vectors]), ...);
  }
}

} // namespace cleave::kernels::inline CLEAVE_ISA
