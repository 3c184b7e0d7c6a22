// SPDX-License-Identifier: Apache-2.0
// Panels: what the pixels of a strip read through each tap, packed side by side for the tiles that multiply them.
#pragma once

#include "convolve_lines.hpp"
#include "pack.hpp"

#include <utility>

namespace cleave::kernels::inline CLEAVE_ISA::convolution {

/// Where the `Width` pixels of a panel begin to read: runs of neighbours, none longer than a register.
template <class T, int Width>
struct Pieces {
  int count = 0;
  extent longest = 0;
  extent pixels = 0;
  extent furthest = 0; ///< where the last run begins
  extent to[Width];
  extent from[Width];
  extent run[Width];

  /// Pixels [first, first + Width) of a strip, or as many as there are.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): arrays are filled as far as `count` says
  Pieces(const Window& w, const Layout& layout, const Strip& strip, extent first) {
    const extent each = strip.pixels(w);
    const extent row = w.out[2];
    pixels = least(Width, each * strip.images - first);
    extent image = first / each;
    extent y = first % each / row;
    extent x = first % row;
    extent z = y / strip.count[1];
    y %= strip.count[1];
    for (extent at = 0; at < pixels;) {
      const extent length = least(least(row - x, pixels - at), Lanes<T>::count);
      to[count] = at;
      run[count] = length;
      from[count++] = furthest = layout.place(w, image, z, y, x);
      longest = most(longest, length);
      at += length;
      x += length;
      if (x == row) {
        x = 0;
        if (++y == strip.count[1]) {
          y = 0;
          if (++z == strip.count[0]) {
            z = 0;
            ++image;
          }
        }
      }
    }
  }
};

// Every run is copied by a whole register (or a half, a quarter), whose end the next run overwrites: pieces are copied
// in their order, and rows of a panel in theirs. Behind the last row a register's worth is written.

/// Where the rows of a panel go: `step` apart, or each to its own place.
struct EvenRows {
  extent step;
  [[nodiscard]] extent operator[](extent k) const { return k * step; }
};

template <int Bytes, int Count, class T, class Rows>
void pack_rows(T* to, const Rows& rows, const T* from, const extent* offsets, extent depth, const extent* place,
               const extent* source, int count) {
  const int pieces = Count > 0 ? Count : count;
  for (extent k = 0; k < depth; ++k) {
    T* const row = to + rows[k];
    const T* const tap = from + offsets[k];
    for (int p = 0; p < pieces; ++p) {
      std::memcpy(row + place[p], tap + source[p], Bytes);
    }
  }
}

template <int Bytes, class T, class Rows, int Width>
void pack_pieces(T* to, const Rows& rows, const T* from, const extent* offsets, extent depth,
                 const Pieces<T, Width>& pieces) {
  switch (pieces.count) {
  case 1:
    return pack_rows<Bytes, 1>(to, rows, from, offsets, depth, pieces.to, pieces.from, 1);
  case 2:
    return pack_rows<Bytes, 2>(to, rows, from, offsets, depth, pieces.to, pieces.from, 2);
  case 3:
    return pack_rows<Bytes, 3>(to, rows, from, offsets, depth, pieces.to, pieces.from, 3);
  case 4:
    return pack_rows<Bytes, 4>(to, rows, from, offsets, depth, pieces.to, pieces.from, 4);
  default:
    return pack_rows<Bytes, 0>(to, rows, from, offsets, depth, pieces.to, pieces.from, pieces.count);
  }
}

/// Row k of a panel, rows[k] behind `to`: what its pixels read at offsets[k].
template <class T, class Rows, int Width>
void pack(T* to, const Rows& rows, const T* from, const extent* offsets, extent depth, const Pieces<T, Width>& pieces) {
  constexpr extent quarter = 16 / static_cast<extent>(sizeof(T));
  if (pieces.longest <= quarter) {
    pack_pieces<16>(to, rows, from, offsets, depth, pieces);
  } else if (register_bytes == 64 && pieces.longest <= 2 * quarter) {
    pack_pieces<32>(to, rows, from, offsets, depth, pieces);
  } else {
    pack_pieces<register_bytes>(to, rows, from, offsets, depth, pieces);
  }
}

/// The same for a panel behind which nothing may be read.
template <class T, int Width>
void pack_last(T* to, extent step, const T* from, const extent* offsets, extent depth, const Pieces<T, Width>& pieces) {
  for (extent k = 0; k < depth; ++k, to += step) {
    for (int p = 0; p < pieces.count; ++p) {
      copy_run(to + pieces.to[p], from + offsets[k] + pieces.from[p], pieces.run[p]);
    }
  }
}

/// `total` things in `count` blocks, as even as can be; a thing may be `each` neighbours.
struct Blocks {
  extent total;
  extent count;
  extent each;

  Blocks(extent of, extent at_most, extent neighbours = 1)
      : total(of), count(ceil_div(of, at_most)), each(neighbours) {}
  [[nodiscard]] extent first(extent block) const { return total * block / count * each; }
  [[nodiscard]] int size(extent block) const { return static_cast<int>(first(block + 1) - first(block)); }
};

/// A kernel's weights as they are read: of a result, channel and tap.
template <class T>
struct Weights {
  const T* at;
  extent group;
  extent result;
  extent channel;
  extent tap;

  /// As they lie, for the convolution itself.
  static Weights straight(const T* weights, const Window& w) {
    return {weights, w.results * w.depth(), w.depth(), w.taps(), 1};
  }
  /// For the data gradient, whose window `w` is turned round.
  static Weights turned(const T* weights, const Window& w) {
    const extent taps = w.taps();
    return {weights + taps - 1, w.results * w.depth(), taps, w.results * taps, -1};
  }

  /// For the products that are added up to a data gradient: rows are (channel, tap) and are summed over results.
  static Weights taps(const T* weights, const Window& w) { return {weights, w.results * w.depth(), 1, w.depth(), 0}; }

  /// Elements of packed weights, with room for what is written behind the last block.
  static extent packed_size(const Window& w) { return w.groups * w.results * w.depth() + Lanes<T>::count; }

  /// Block by block, [channels][taps][rows of the block].
  void pack(T* to, extent groups, extent channels, extent taps, const Blocks& blocks) const {
    const extent depth = channels * taps;
    for (extent g = 0; g < groups; ++g) {
      for (extent block = 0; block < blocks.count; ++block) {
        const int rows = blocks.size(block);
        const T* const first = at + g * group + blocks.first(block) * result;
        if (tap == 1 && channel == taps && rows <= Lanes<T>::count) { // rows are contiguous
          pack_turned(to, rows, first, result, rows, depth);
        } else {
          pack_columns(to, first, channels, taps, rows);
        }
        to += depth * rows;
      }
    }
  }

private:
  void pack_columns(T* to, const T* first, extent channels, extent taps, int rows) const {
    const bool contiguous = result == 1 && rows <= Lanes<T>::count;
    const FirstLanes<T> some(contiguous ? rows : 1);
    for (extent c = 0; c < channels; ++c) {
      for (extent t = 0; t < taps; ++t, to += rows) {
        const T* from = first + c * channel + t * tap;
        if (contiguous) { // what is written behind them is overwritten
          store(to, some.load(from));
          continue;
        }
        for (int r = 0; r < rows; ++r, from += result) {
          to[r] = *from; // NOLINT(clang-analyzer-core.NullDereference): there is room for all of them
        }
      }
    }
  }
};

} // namespace cleave::kernels::inline CLEAVE_ISA::convolution
