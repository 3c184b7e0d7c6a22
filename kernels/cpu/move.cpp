// SPDX-License-Identifier: Apache-2.0
#include "instantiate.hpp"
#include "move_run.hpp"
#include "move_transpose.hpp"
#include "parallel.hpp"

#include <cleave/ops/strided.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS {
namespace moves {

struct Loop {
  extent count;
  extent from;
  extent to;
};

/// The loops of a copy: some outer ones, and two that tiles are cut from. If `crosses`, the row is dense in the operand
/// and the run in the result; otherwise the run is whatever lies densest in the result.
struct Loops {
  Loop outer[max_rank]{};
  int outer_count = 0;
  extent outer_positions = 1;
  Loop row{1, 0, 0};
  Loop run{1, 1, 1};
  bool crosses = false;

  explicit Loops(const KernelArguments& call) {
    Loop all[max_rank]{};
    const int count = static_cast<int>(call.sizes[0]);
    int run_at = count - 1;
    int row_at = -1;
    for (int i = 0; i < count; ++i) {
      all[i] = {call.sizes[1 + 3 * i], call.sizes[2 + 3 * i], call.sizes[3 + 3 * i]};
      run_at = all[i].to == 1 ? i : run_at;
      row_at = all[i].from == 1 ? i : row_at;
    }
    if (count == 0) {
      return;
    }
    run = all[run_at];
    crosses = row_at >= 0 && row_at != run_at && run.to == 1;
    if (!crosses) {
      const int behind = count > 1 ? 1 : -1;
      row_at = run_at > 0 ? run_at - 1 : behind;
    }
    if (row_at >= 0) {
      row = all[row_at];
    }
    for (int i = 0; i < count; ++i) {
      if (i != run_at && i != row_at) {
        outer[outer_count++] = all[i];
        outer_positions *= all[i].count;
      }
    }
  }

  /// Where the outer loops' position `at` begins: count, operand, result.
  [[nodiscard]] Loop offsets(extent at) const {
    Loop offset{1, 0, 0};
    for (int i = outer_count - 1; i >= 0; --i) {
      const extent own = at % outer[i].count;
      at /= outer[i].count;
      offset.from += own * outer[i].from;
      offset.to += own * outer[i].to;
    }
    return offset;
  }
};

constexpr extent pieces_of(extent count, extent piece) { return (count + piece - 1) / piece; }

template <class Word>
constexpr extent bytes_of(extent words) {
  return words * static_cast<extent>(sizeof(Word));
}

/// Some rows of a tile: runs at any distance.
template <class Word>
void copy_rows(Word* to, extent to_stride, const Word* from, const Loops& loops, extent rows, extent run) {
  if (loops.run.from == 1 && loops.run.to == 1) {
    copy_runs(reinterpret_cast<std::byte*>(to), reinterpret_cast<const std::byte*>(from),
              {rows, bytes_of<Word>(to_stride), bytes_of<Word>(loops.row.from), bytes_of<Word>(run)});
    return;
  }
  for (extent r = 0; r < rows; ++r) {
    copy_strided_run(to + r * to_stride, loops.run.to, from + r * loops.row.from, loops.run.from, run);
  }
}

/// A tile of a copy, the sides of the largest.
template <class Word>
struct Sides {
  static constexpr extent bytes = 32 << 10; // what is assembled in the first-level cache
  // of a transposition, in words: the result's runs, and how many
  static constexpr extent run = std::min(extent(256), 512 / static_cast<extent>(sizeof(Word)));
  static constexpr extent rows = bytes / bytes_of<Word>(run);
  static constexpr extent padding = 64 / static_cast<extent>(sizeof(Word)); // keeps rows out of each other's cache sets
};

/// By way of a buffer. A result whose rows lie a power of two apart has them all in a few sets of the cache: written
/// square by square, each line would go before the next square meets it.
template <class Word>
void cross_tile(Word* to, const Word* from, const Crossing& at, bool streams) {
  constexpr extent stride = Sides<Word>::run + Sides<Word>::padding;
  alignas(64) Word buffer[Sides<Word>::rows * stride];
  cross(buffer, from, {at.rows, at.columns, at.from, stride, at.ahead});
  if (!streams) {
    copy_runs(reinterpret_cast<std::byte*>(to), reinterpret_cast<const std::byte*>(buffer),
              {at.columns, bytes_of<Word>(at.to), bytes_of<Word>(stride), bytes_of<Word>(at.rows)});
    return;
  }
  for (extent c = 0; c < at.columns; ++c) {
    stream_run(reinterpret_cast<std::byte*>(to + c * at.to), reinterpret_cast<const std::byte*>(buffer + c * stride),
               bytes_of<Word>(at.rows));
  }
}

/// Where a tile lies.
struct Tile {
  extent to;
  extent from;
  extent rows;
  extent run;
};

/// The tiles of a copy: parts of `rows` times `run`.
struct Grid {
  extent rows;
  extent run;
  extent run_tiles;
  extent tiles; // of one position of the outer loops

  Grid(const Loops& loops, extent tile_rows, extent tile_run)
      : rows(tile_rows),
        run(tile_run),
        run_tiles(pieces_of(loops.run.count, tile_run)),
        tiles(pieces_of(loops.row.count, tile_rows) * run_tiles) {}

  [[nodiscard]] Tile at(const Loops& loops, extent tile) const {
    const Loop outer = loops.offsets(tile / tiles);
    const extent row = tile % tiles / run_tiles * rows;
    const extent column = tile % run_tiles * run;
    return {outer.to + row * loops.row.to + column * loops.run.to,
            outer.from + row * loops.row.from + column * loops.run.from, std::min(rows, loops.row.count - row),
            std::min(run, loops.run.count - column)};
  }
};

/// Whether all of the result's runs are whole lines of the cache.
template <class Word>
bool has_whole_lines(const Word* to, const Loops& loops) {
  constexpr extent line = 64;
  bool is_whole = reinterpret_cast<std::uintptr_t>(to) % line == 0 && bytes_of<Word>(loops.run.count) % line == 0 &&
                  bytes_of<Word>(loops.row.count) % line == 0 && bytes_of<Word>(loops.row.to) % line == 0;
  for (int i = 0; i < loops.outer_count; ++i) {
    is_whole = is_whole && bytes_of<Word>(loops.outer[i].to) % line == 0;
  }
  return is_whole;
}

/// Past the caches, line by line: nothing has to be assembled. Tiles follow each other along the operand's rows, and
/// the next one is on its way while one is crossed; their rows are few enough to be found in the cache again even where
/// they lie a power of two apart.
template <class Word>
void stream_crossed(Word* to, const Word* from, const Loops& loops) {
  constexpr extent side = 64;
  const extent rows = pieces_of(loops.row.count, side);
  const extent each = rows * pieces_of(loops.run.count, side);
  const auto at = [&](extent tile) {
    const Loop outer = loops.offsets(tile / each);
    const extent row = tile % rows * side;
    const extent column = tile % each / rows * side;
    return Tile{outer.to + row * loops.row.to + column, outer.from + row + column * loops.run.from,
                std::min(side, loops.row.count - row), std::min(side, loops.run.count - column)};
  };
  const auto bytes = static_cast<double>(2 * side * bytes_of<Word>(side));
  for_tiles(loops.outer_positions * each, Cost{0, bytes}, [&](extent first, extent last) {
    Tile tile = at(first);
    for (extent i = first; i < last; ++i) {
      const Tile next = i + 1 < last ? at(i + 1) : tile;
      stream_squares(to + tile.to, from + tile.from,
                     {tile.run, tile.rows, loops.run.from, loops.row.to, next.from - tile.from});
      tile = next;
    }
    end_stream();
  });
}

template <class Word>
void copy_crossed(Word* to, const Word* from, const Loops& loops, bool streams) {
  if constexpr (sizeof(Word) > 1) { // else a register would be a square of too many rows
    if (streams && has_whole_lines(to, loops)) {
      stream_crossed(to, from, loops);
      return;
    }
  }
  const Grid grid(loops, Sides<Word>::rows, Sides<Word>::run);
  const extent count = loops.outer_positions * grid.tiles;
  const bool is_small = bytes_of<Word>(loops.row.count * loops.run.count) <= Sides<Word>::bytes;
  const bool collides = !is_small && bytes_of<Word>(loops.row.to) % 1024 == 0;
  const auto bytes = static_cast<double>(2 * Sides<Word>::bytes);
  for_tiles(count, Cost{0, bytes}, [&](extent first, extent last) {
    Tile tile = grid.at(loops, first);
    for (extent i = first; i < last; ++i) {
      const Tile next = i + 1 < last ? grid.at(loops, i + 1) : tile;
      Crossing at{tile.run, tile.rows, loops.run.from, loops.row.to};
      if (collides || streams) {
        at.ahead = streams ? next.from - tile.from : 0;
        cross_tile(to + tile.to, from + tile.from, at, streams);
      } else {
        cross(to + tile.to, from + tile.from, at);
      }
      tile = next;
    }
    if (streams) {
      end_stream();
    }
  });
}

/// Rows of a tile that is copied soon: the hardware foresees no more than a page. (Not inlined, g++ takes it for a
/// function without effects.)
template <class Word>
[[gnu::always_inline]] inline void prefetch_rows(const Word* from, extent stride, extent rows, extent run) {
  constexpr extent line = 64 / static_cast<extent>(sizeof(Word));
  for (extent r = 0; r < rows; ++r) {
    for (extent i = 0; i < run; i += line) {
      __builtin_prefetch(from + r * stride + i);
    }
    __builtin_prefetch(from + r * stride + run - 1);
  }
}

/// What is written past the caches at once. Short, so that reading and writing go on at the same time.
inline constexpr extent stream_bytes = 4 << 10;

template <class Word>
void copy_along_runs(Word* to, const Word* from, const Loops& loops, bool streams) {
  constexpr extent long_run = 128 << 10; // bytes of a run that is cut
  const bool is_run = loops.run.from == 1 && loops.run.to == 1;
  const extent longest = (streams ? stream_bytes : long_run) / bytes_of<Word>(1);
  const extent run = std::max(extent(1), std::min(loops.run.count, longest));
  const extent tile = streams ? stream_bytes : Sides<Word>::bytes;
  const extent rows = std::max(extent(1), tile / bytes_of<Word>(run));
  const Grid grid(loops, rows, run);
  // rows that lie one after another in the result are assembled, and written as one run
  const bool is_dense = loops.run.to == 1 && loops.row.to == run && rows > 1;
  const auto bytes = static_cast<double>(2 * bytes_of<Word>(run * rows));
  for_tiles(loops.outer_positions * grid.tiles, Cost{0, bytes}, [&](extent first, extent last) {
    alignas(64) std::byte buffer[stream_bytes];
    Tile at = grid.at(loops, first);
    for (extent i = first; i < last; ++i) {
      const Word* const source = from + at.from;
      const Tile next = i + 1 < last ? grid.at(loops, i + 1) : at;
      if (streams && is_run) {
        prefetch_rows(from + next.from, loops.row.from, next.rows, next.run);
      }
      if (streams && is_dense) {
        copy_rows(reinterpret_cast<Word*>(buffer), run, source, loops, at.rows, at.run);
        stream_run(reinterpret_cast<std::byte*>(to + at.to), buffer, bytes_of<Word>(at.rows * run));
      } else if (streams && is_run && rows == 1) {
        stream_run(reinterpret_cast<std::byte*>(to + at.to), reinterpret_cast<const std::byte*>(source),
                   bytes_of<Word>(at.run));
      } else {
        copy_rows(to + at.to, loops.row.to, source, loops, at.rows, at.run);
      }
      at = next;
    }
    if (streams) {
      end_stream();
    }
  });
}

template <class Word>
void copy_by(Word* to, const Word* from, const KernelArguments& call) {
  const Loops loops(call);
  const extent words = loops.outer_positions * loops.row.count * loops.run.count;
  if (words == 0) {
    return;
  }
  const bool streams = bytes_of<Word>(2 * words) > beyond_caches;
  if (loops.crosses) {
    copy_crossed(to, from, loops, streams);
  } else {
    copy_along_runs(to, from, loops, streams);
  }
}

} // namespace moves

template <class Word>
void strided_copy(std::byte* const* arenas, const KernelArguments& call) {
  moves::copy_by(call.result<Word>(arenas), call.operand<Word>(arenas, 1) + call.sizes[detail::offset_slot], call);
}

template <class T>
void strided_place(std::byte* const* arenas, const KernelArguments& call) {
  T* const to = call.result<T>(arenas);
  std::fill_n(to, static_cast<extent>(call.numbers[1]), static_cast<T>(call.numbers[0]));
  moves::copy_by(to + call.sizes[detail::offset_slot], call.operand<T>(arenas, 1), call);
}

template <class Word>
void join_rows(std::byte* const* arenas, const KernelArguments& call) {
  using namespace moves;
  constexpr extent tile_words = stream_bytes / bytes_of<Word>(1);
  const int pieces = static_cast<int>(call.sizes[0]);
  const extent rows = call.sizes[1];
  extent width = 0;
  for (int k = 0; k < pieces; ++k) {
    width += call.sizes[2 + k];
  }
  if (rows * width == 0) {
    return;
  }
  // Tiles are some rows, or a part of one: one run of the result.
  const bool streams = bytes_of<Word>(2 * rows * width) > beyond_caches;
  const extent tile_rows = std::max(extent(1), (streams ? 1 : 8) * tile_words / width);
  const extent tile_columns = std::min(width, 32 * tile_words);
  const extent row_tiles = pieces_of(width, tile_columns);
  auto* const result = call.result<Word>(arenas);
  const auto bytes = static_cast<double>(2 * bytes_of<Word>(tile_rows * tile_columns));
  for_tiles(pieces_of(rows, tile_rows) * row_tiles, Cost{0, bytes}, [&](extent first, extent last) {
    alignas(64) std::byte buffer[stream_bytes];
    for (extent tile = first; tile < last; ++tile) {
      const extent row = tile / row_tiles * tile_rows;
      const extent own_rows = std::min(tile_rows, rows - row);
      const extent column = tile % row_tiles * tile_columns;
      const extent end = std::min(width, column + tile_columns);
      auto* const out = reinterpret_cast<std::byte*>(result + row * width + column);
      const bool is_assembled = streams && width <= tile_words;
      std::byte* const to = is_assembled ? buffer : out;
      extent begin = 0; // of the piece
      for (int k = 0; k < pieces; ++k) {
        const extent run = call.sizes[2 + k];
        const extent from = std::max(begin, column);
        const extent count = std::min(begin + run, end) - from;
        if (count > 0) {
          const Word* const piece = call.operand<Word>(arenas, 1 + k) + row * run + from - begin;
          const auto* const source = reinterpret_cast<const std::byte*>(piece);
          if (streams && !is_assembled) { // one row
            stream_run(to + bytes_of<Word>(from - column), source, bytes_of<Word>(count));
          } else {
            copy_runs(to + bytes_of<Word>(from - column), source,
                      {own_rows, bytes_of<Word>(width), bytes_of<Word>(run), bytes_of<Word>(count)});
          }
        }
        begin += run;
      }
      if (is_assembled) {
        stream_run(out, buffer, bytes_of<Word>(own_rows * width));
      }
    }
    if (streams) {
      end_stream();
    }
  });
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS

CLEAVE_INSTANTIATE(strided_copy, std::uint8_t, std::uint32_t, std::uint64_t)
CLEAVE_INSTANTIATE(strided_place, float, double, std::int32_t, std::int64_t, std::uint8_t)
CLEAVE_INSTANTIATE(join_rows, std::uint8_t, std::uint32_t, std::uint64_t)
