// SPDX-License-Identifier: Apache-2.0
// Matrix products in the compiler's vector types: no library, no memory from the heap, no alignment assumed.
#pragma once

#include "vector.hpp"

#include <cstring>
#include <utility>

// Every tile height runs the same additions in the same order, so a row's bits depend neither on how many rows ride
// along nor on where in a tile it stands. The register width is the build's; hence the namespace.
namespace cleave::kernels::inline CLEAVE_ISA {
namespace matrix {

#if defined(__AVX512F__)
inline constexpr int tile_rows = 12; // of 32 registers: 24 sums, 2 columns, 1 broadcast
#else
inline constexpr int tile_rows = 6; // of 16 registers: 12 sums, 2 columns, 1 broadcast, 1 product
#endif

template <class T>
inline constexpr int tile_columns = 2 * Lanes<T>::count;
/// A block of b in scratch: 64 KiB, half of it as deep as wide.
template <class T>
inline constexpr extent block_depth = 1024 / static_cast<extent>(sizeof(T));
inline constexpr extent block_columns = 64;

/// A matrix as it lies in memory: element (i, j) is data[i * row + j * column].
template <class T>
struct Strided {
  const T* data;
  extent row;
  extent column;

  [[nodiscard]] const T* at(extent i, extent j) const { return data + i * row + j * column; }
};

/// out += a b for as many rows as there are indices, two registers wide. Rows of b lie `b_row` elements apart.
template <class T, std::size_t... Row>
void add_tile(T* out, extent out_row, const Strided<T>& a, const T* b, extent b_row, extent depth,
              std::index_sequence<Row...> /*rows*/) {
  constexpr int lanes = Lanes<T>::count;
  Vector<T> left[] = {load(out + static_cast<extent>(Row) * out_row)...};
  Vector<T> right[] = {load(out + static_cast<extent>(Row) * out_row + lanes)...};
  const T* rows[] = {a.at(static_cast<extent>(Row), 0)...};
  for (extent l = 0; l < depth; ++l, b += b_row) {
    const Vector<T> b_left = load(b);
    const Vector<T> b_right = load(b + lanes);
    const extent at = l * a.column;
    ((left[Row] += rows[Row][at] * b_left, right[Row] += rows[Row][at] * b_right), ...);
  }
  ((store(out + static_cast<extent>(Row) * out_row, left[Row]),
    store(out + static_cast<extent>(Row) * out_row + lanes, right[Row])),
   ...);
}

/// The same for `rows` <= tile_rows.
template <class T, int Rows = tile_rows>
void add_rows(int rows, T* out, extent out_row, const Strided<T>& a, const T* b, extent b_row, extent depth) {
  if (rows == Rows) {
    add_tile(out, out_row, a, b, b_row, depth, std::make_index_sequence<Rows>{});
  } else if constexpr (Rows > 1) {
    add_rows<T, Rows - 1>(rows, out, out_row, a, b, b_row, depth);
  }
}

/// A tile that is narrower than two registers: the same work in a full one, of which `columns` are kept.
template <class T>
void add_narrow(int rows, int columns, T* out, extent out_row, const Strided<T>& a, const T* b, extent depth) {
  constexpr int width = tile_columns<T>;
  T full[tile_rows * width] = {};
  const std::size_t bytes = static_cast<std::size_t>(columns) * sizeof(T);
  for (int i = 0; i < rows; ++i) {
    std::memcpy(full + i * width, out + i * out_row, bytes);
  }
  add_rows(rows, full, width, a, b, width, depth);
  for (int i = 0; i < rows; ++i) {
    std::memcpy(out + i * out_row, full + i * width, bytes);
  }
}

/// Copies a block of b, panel by panel: each tile_columns wide, filled up with zeros, its rows one after another.
template <class T>
void pack(T* to, const Strided<T>& b, extent depth, extent columns) {
  constexpr extent width = tile_columns<T>;
  for (extent j = 0; j < columns; j += width) {
    const extent valid = columns - j < width ? columns - j : width;
    for (extent l = 0; l < depth; ++l) {
      const T* const from = b.at(l, j);
      if (b.column == 1 && valid == width) {
        std::memcpy(to + l * width, from, static_cast<std::size_t>(width) * sizeof(T));
        continue;
      }
      for (extent c = 0; c < width; ++c) {
        to[l * width + c] = c < valid ? from[c * b.column] : T(0);
      }
    }
    to += depth * width;
  }
}

template <class T>
void add_block(T* out, extent out_row, const Strided<T>& a, const T* packed, extent rows, extent columns,
               extent depth) {
  constexpr extent width = tile_columns<T>;
  for (extent i = 0; i < rows; i += tile_rows) {
    const int height = static_cast<int>(rows - i < tile_rows ? rows - i : tile_rows);
    const Strided<T> strip{a.at(i, 0), a.row, a.column};
    for (extent j = 0; j < columns; j += width) {
      T* const to = out + i * out_row + j;
      const T* const panel = packed + j * depth;
      if (columns - j >= width) {
        add_rows(height, to, out_row, strip, panel, width, depth);
      } else {
        add_narrow(height, static_cast<int>(columns - j), to, out_row, strip, panel, depth);
      }
    }
  }
}

} // namespace matrix

/// out (m x n) = a b, all row-major without gaps: a is m x k, or k x m where it is to be transposed; b is k x n, or
/// n x k. `out` overlaps neither. Needs 64 KiB of stack. Products are added in the order of k, one by one.
template <class T>
void multiply(T* out, const T* a, const T* b, extent m, extent n, extent k, bool transpose_a, bool transpose_b) {
  using namespace matrix;
  const Strided<T> left{a, transpose_a ? 1 : k, transpose_a ? m : 1};
  const Strided<T> right{b, transpose_b ? 1 : n, transpose_b ? k : 1};
  alignas(64) T packed[block_depth<T> * block_columns];
  for (extent i = 0; i < m * n; ++i) {
    out[i] = 0;
  }
  for (extent l = 0; l < k; l += block_depth<T>) {
    const extent depth = k - l < block_depth<T> ? k - l : block_depth<T>;
    for (extent j = 0; j < n; j += block_columns) {
      const extent columns = n - j < block_columns ? n - j : block_columns;
      pack(packed, Strided<T>{right.at(l, j), right.row, right.column}, depth, columns);
      add_block(out + j, n, Strided<T>{left.at(0, l), left.row, left.column}, packed, m, columns, depth);
    }
  }
}

} // namespace cleave::kernels::inline CLEAVE_ISA
