// SPDX-License-Identifier: Apache-2.0
// Tiles of results in registers: rows of weights times a panel of pixels.
#pragma once

#include "convolve_lines.hpp"

#include <utility>

namespace cleave::kernels::inline CLEAVE_ISA::convolution {

/// Rows of a tile two registers wide: sums, two registers of the panel and one weight.
inline constexpr int tile_rows = register_count == 32 ? 14 : 6;
template <class T>
inline constexpr int tile_width = 2 * Lanes<T>::count;

template <class T, std::size_t... Lane>
Vector<T> join(const T* low, const T* high, std::index_sequence<Lane...> /*lanes*/) {
  using Half [[gnu::vector_size(register_bytes / 2)]] = T;
  Half a;
  Half b;
  std::memcpy(&a, low, sizeof a);
  std::memcpy(&b, high, sizeof b);
  return __builtin_shufflevector(a, b, static_cast<int>(Lane)...);
}
/// One register, half of it from each place.
template <class T>
Vector<T> load_halves(const T* low, const T* high) {
  return join(low, high, std::make_index_sequence<Lanes<T>::count>{});
}

/// Where the sums of a tile begin: with a number a row, with zero, or with what is there.
template <class T>
struct Start {
  const T* bias = nullptr;
  bool there = false;

  [[nodiscard]] T of(std::size_t row) const { return bias == nullptr ? T(0) : bias[row]; }
};

/// Two registers of pixels for every tap, one tap after another: packed side by side,
template <class T>
struct Packed {
  const T* at;

  [[nodiscard]] Vector<T> left() const { return load(at); }
  [[nodiscard]] Vector<T> right() const { return load(at + Lanes<T>::count); }
  void next() { at += tile_width<T>; }
};

/// or read where they lie, each register in `Parts` parts.
template <class T, int Parts>
struct Direct {
  static constexpr int part_lanes = Lanes<T>::count / Parts;

  const T* from[2 * Parts];
  const extent* offset; ///< of a tap

  [[nodiscard]] Vector<T> left() const { return read(from); }
  [[nodiscard]] Vector<T> right() const { return read(from + Parts); }
  void next() { ++offset; }

private:
  [[nodiscard]] Vector<T> read(const T* const* parts) const {
    if constexpr (Parts == 1) {
      return load(parts[0] + *offset);
    } else {
      return load_halves(parts[0] + *offset, parts[1] + *offset);
    }
  }
};

/// out (rows x Vectors registers, out_row apart) = start + a b; a is [depth][rows].
template <int Vectors, class T, class Pixels, std::size_t... Row>
void sum_tile(T* out, extent out_row, const T* a, Pixels b, extent depth, const Start<T>& start,
              std::index_sequence<Row...> /*rows*/) {
  constexpr int lanes = Lanes<T>::count;
  constexpr extent rows = sizeof...(Row);
  constexpr bool two = Vectors == 2;
  Vector<T> left[rows];
  Vector<T> right[rows];
  if (start.there) {
    ((left[Row] = load(out + static_cast<extent>(Row) * out_row)), ...);
    if constexpr (two) {
      ((right[Row] = load(out + static_cast<extent>(Row) * out_row + lanes)), ...);
    }
  } else {
    ((left[Row] = right[Row] = Vector<T>{} + start.of(Row)), ...);
  }
  for (extent k = 0; k < depth; ++k, a += rows, b.next()) {
    const Vector<T> b_left = b.left();
    if constexpr (two) {
      const Vector<T> b_right = b.right();
      ((left[Row] += a[Row] * b_left, right[Row] += a[Row] * b_right), ...);
    } else {
      ((left[Row] += a[Row] * b_left), ...);
    }
  }
  ((store(out + static_cast<extent>(Row) * out_row, left[Row])), ...);
  if constexpr (two) {
    ((store(out + static_cast<extent>(Row) * out_row + lanes, right[Row])), ...);
  }
}

/// The same for `rows` <= tile_rows.
template <int Vectors, int Rows = tile_rows, class T, class Pixels>
void sum_rows(int rows, T* out, extent out_row, const T* a, const Pixels& b, extent depth, const Start<T>& start) {
  if (rows == Rows) {
    sum_tile<Vectors>(out, out_row, a, b, depth, start, std::make_index_sequence<Rows>{});
  } else if constexpr (Rows > 1) {
    sum_rows<Vectors, Rows - 1>(rows, out, out_row, a, b, depth, start);
  }
}

/// Where the pixels of a panel lie in a row of results: `run` from `to` on, then `next` further on for each image.
struct Runs {
  extent pixels;
  extent first; ///< pixels before the first image ends
  extent each;  ///< pixels of an image
  extent gap;   ///< from the end of one image's pixels to the next one's

  template <class Run>
  void visit(Run run) const {
    extent at = 0;
    extent place = 0;
    for (extent length = first; at < pixels; length = each) {
      const extent count = pixels - at < length ? pixels - at : length;
      run(at, place, count);
      at += count;
      place += count + gap;
    }
  }
};

/// A tile of a panel whose pixels may be fewer than a tile's width, or belong to more than one image.
template <class T, class Pixels>
void sum_panel(int rows, T* out, extent out_row, const T* a, const Pixels& b, extent depth, const Start<T>& start,
               const Runs& runs) {
  constexpr extent width = tile_width<T>;
  if (runs.first >= width) {
    return sum_rows<2>(rows, out, out_row, a, b, depth, start);
  }
  T full[tile_rows * width];
  for (int r = 0; start.there && r < rows; ++r) {
    runs.visit([&](extent at, extent place, extent count) {
      copy_run(full + r * width + at, out + r * out_row + place, count);
    });
  }
  if (runs.pixels <= Lanes<T>::count) {
    sum_rows<1>(rows, full, width, a, b, depth, start);
  } else {
    sum_rows<2>(rows, full, width, a, b, depth, start);
  }
  for (int r = 0; r < rows; ++r) {
    runs.visit([&](extent at, extent place, extent count) {
      copy_run(out + r * out_row + place, full + r * width + at, count);
    });
  }
}

} // namespace cleave::kernels::inline CLEAVE_ISA::convolution
