// SPDX-License-Identifier: Apache-2.0
// One tile of a matrix product over one chunk of k: sums in registers, joined with those of the chunks before, and
// written when the last chunk is done.
#pragma once

#include "gemm_finish.hpp"
#include "grain.hpp"
#include "pack.hpp"
#include "tile.hpp"

namespace cleave::kernels::inline CLEAVE_ISA::gemm {

/// Where a sum over pieces of k stands: pieces are grains and are added in their tree, or chunks, one after another.
struct Walk {
  extent size; ///< steps of k a piece
  extent piece;
  extent first; ///< of the block that `piece` is in
  extent block; ///< its pieces
  extent last = 0;
  extent root = 0;

  static Walk over(const Grains& grains) {
    Walk walk{grains.size, grains.first(), grains.first(), 1, grains.last()};
    walk.block = aligned_block(walk.first, walk.last);
    return walk;
  }
  /// Of a chain of chunks the first, the last, or one between them, which are all alike: the sum of those before waits.
  static Walk over_chunks(extent size, bool begins, bool ends) {
    const extent piece = begins ? 0 : 1;
    return {size, piece, 0, ends ? piece + 1 : 3};
  }
  [[nodiscard]] extent in_block() const { return piece - first; }
  /// To the next grain.
  void next() {
    if (++piece == first + block) {
      first = piece;
      block = aligned_block(first, last);
      ++root;
    }
  }
};

template <class T, class Stored>
struct Result {
  Stored* out = nullptr;
  extent row = 0;
  extent root = 0; ///< elements from one root to the next
  const Epilogue<T>* epilogue = nullptr;
  FinishTile<T, Stored> finish = nullptr; ///< null: sums are the result
  bool turned = false;                    ///< rows of tiles are columns of the result
};

template <class T, class Stored>
struct TileWork {
  const T* b = nullptr;
  extent b_row = 0;
  extent depth = 0;
  FirstLanes<T> last{Lanes<T>::count}; ///< of the last register of each row
  TilePlace place{};
  const Result<T, Stored>* result = nullptr;
  // What waits for the pieces that follow, whole registers: within this chunk, where every tile writes the same
  // memory, and beyond it, the tile's own piece of each level. A chain has one level, and `level` is 0.
  T* near = nullptr;
  extent near_levels = 0;
  T* waiting = nullptr;
  extent level = 0;
  bool is_far = false; ///< the result is not in a near cache
  bool writes = false; ///< this is the last chunk
  bool waits = false;  ///< this is one of several
  Walk walk{};
};

/// Writes a tile whose rows are columns of the result; its rows of sums lie `sums_row` elements apart.
template <class T, class Stored>
void write_turned(const Result<T, Stored>& result, Stored* out, const T* sums, extent sums_row, const TilePlace& tile) {
  constexpr extent lanes = Lanes<T>::count;
  constexpr extent width = 16; // more than the rows of any tile
  alignas(alignment) T turned[8 * lanes * width];
  const TilePlace place{tile.column, tile.row, tile.columns, tile.rows};
  for (extent j = 0; j < place.columns; j += lanes) {
    const extent columns = place.columns - j < lanes ? place.columns - j : lanes;
    pack_turned(turned + j, width, sums + j * sums_row, sums_row, columns, place.rows);
    if constexpr (std::is_same_v<T, Stored>) {
      if (result.finish == nullptr) {
        const FirstLanes<T> part(columns);
        T* const to = out + place.row * result.row + place.column + j;
        for (extent i = 0; i < place.rows; ++i) {
          part.store(to + i * result.row, load(turned + i * width + j));
        }
      }
    }
  }
  if (result.finish != nullptr) {
    result.finish(*result.epilogue, turned, width, out, result.row, place);
  }
}

template <int Vectors, class T, class Stored, std::size_t... At>
[[gnu::always_inline]] inline void write_tile(const TileWork<T, Stored>& work, extent root, const Vector<T>* sums,
                                              std::index_sequence<At...> /*sums*/) {
  constexpr int lanes = Lanes<T>::count;
  const Result<T, Stored>& result = *work.result;
  Stored* const out = result.out + root * result.root;
  if constexpr (std::is_same_v<T, Stored>) {
    if (result.finish == nullptr && !result.turned) {
      T* const to = out + work.place.row * result.row + work.place.column;
      ((static_cast<int>(At) % Vectors + 1 < Vectors
            ? store(to + static_cast<extent>(At) / Vectors * result.row + At % Vectors * lanes, sums[At])
            : work.last.store(to + static_cast<extent>(At) / Vectors * result.row + At % Vectors * lanes, sums[At])),
       ...);
      return;
    }
  }
  alignas(alignment) T kept[sizeof...(At) * lanes];
  (store(kept + At * lanes, sums[At]), ...);
  if (result.turned) {
    write_turned(result, out, kept, Vectors * lanes, work.place);
    return;
  }
  result.finish(*result.epilogue, kept, Vectors * lanes, out, result.row, work.place);
}

template <int Rows, int Vectors, class T, class Stored, class A, std::size_t... At>
[[gnu::always_inline]] inline void sum_tile(const TileWork<T, Stored>& work, A a_of_tile,
                                            std::index_sequence<At...> each) {
  constexpr int lanes = Lanes<T>::count;
  if (work.is_far) { // what is needed at the end is fetched from the beginning on
    if (work.writes && !work.result->turned) {
      (__builtin_prefetch(work.result->out + (work.place.row + static_cast<extent>(At) / Vectors) * work.result->row +
                              work.place.column + At % Vectors * lanes,
                          1),
       ...);
    }
    if (work.waits) {
      (__builtin_prefetch(work.waiting + At * lanes, 1), ...);
    }
  }
  const T* b = work.b;
  Walk walk = work.walk;
  for (extent left = work.depth;; walk.next()) {
    const extent rows = left < walk.size ? left : walk.size;
    Vector<T> sums[sizeof...(At)] = {};
    add_products<Vectors>(sums, tile::reader<Rows>(a_of_tile), b, work.b_row, rows, work.last, each);
    // As in a binary counter: what waits at the levels of the trailing ones meets its right half.
    const auto waiting = [&](extent level) {
      return level < work.near_levels ? work.near + level * static_cast<extent>(sizeof...(At)) * lanes
                                      : work.waiting + (level - work.near_levels) * work.level;
    };
    extent level = 0;
    for (extent i = walk.in_block(); (i & 1) != 0; i >>= 1, ++level) {
      const T* const left_half = waiting(level);
      ((sums[At] = load(left_half + At * lanes) + sums[At]), ...);
    }
    if (walk.in_block() + 1 == walk.block) {
      write_tile<Vectors>(work, walk.root, sums, each);
    } else {
      T* const to = waiting(level);
      (store(to + At * lanes, sums[At]), ...);
    }
    left -= rows;
    if (left <= 0) {
      return;
    }
    a_of_tile.data = a_of_tile.at(0, rows);
    b += rows * work.b_row;
  }
}

template <int Rows, int Vectors, class T, class Stored, class A>
void run_tile(const TileWork<T, Stored>& work, A a) {
  sum_tile<Rows, Vectors>(work, a, std::make_index_sequence<static_cast<std::size_t>(Rows * Vectors)>{});
}

template <class T, class Stored, class A>
using RunTile = void (*)(const TileWork<T, Stored>&, A);

/// The functions for 1, 2, ... rows and a width.
template <class T, class Stored, class A, int Vectors, class Rows = std::make_index_sequence<tile_rows(Vectors)>>
struct TilesOf;
template <class T, class Stored, class A, int Vectors, std::size_t... Rows>
struct TilesOf<T, Stored, A, Vectors, std::index_sequence<Rows...>> {
  static constexpr RunTile<T, Stored, A> run[sizeof...(Rows)] = {
      &run_tile<static_cast<int>(Rows) + 1, Vectors, T, Stored, A>...};
};

template <class T, class Stored, class A>
const RunTile<T, Stored, A>* tiles_of(int vectors) {
  switch (vectors) {
  case 8:
    return TilesOf<T, Stored, A, 8>::run;
  case 4:
    return TilesOf<T, Stored, A, 4>::run;
  case 2:
    return TilesOf<T, Stored, A, 2>::run;
  default:
    return TilesOf<T, Stored, A, 1>::run;
  }
}

} // namespace cleave::kernels::inline CLEAVE_ISA::gemm
