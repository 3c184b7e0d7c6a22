// SPDX-License-Identifier: Apache-2.0
#include "embedding_index.hpp"
#include "grain.hpp"
#include "instantiate.hpp"
#include "move_run.hpp"
#include "parallel.hpp"

#include <cleave/device/scratch.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS {
namespace embedding {

/// Rows of `bytes` bytes, one for each index of [first, last).
template <class Index>
void gather(std::byte* to, const std::byte* table, extent bytes, const Reader<Index>& reader, extent first,
            extent last) {
  constexpr extent ahead = 16; // indices: where a row lies cannot be foreseen by the processor
  constexpr extent most = 4096;
  for (extent i = first; i < last; ++i) {
    if (i + ahead < last) {
      const std::byte* const soon = table + reader[i + ahead] * bytes;
      for (extent b = 0; b < std::min(bytes, most); b += 64) {
        __builtin_prefetch(soon + b);
      }
    }
    moves::copy_run(to + i * bytes, table + reader[i] * bytes, bytes);
  }
}

/// Which indices name each row of the table, in order: `position` [begin[row], begin[row + 1]).
struct Buckets {
  extent* begin;
  extent* position;
};

/// In memory for rows + 2 + count numbers.
template <class Index>
Buckets sort_indices(const Reader<Index>& reader, extent count, extent* begin) {
  const Buckets made{begin, begin + reader.rows + 2};
  std::fill_n(begin, reader.rows + 2, extent(0));
  for (extent i = 0; i < count; ++i) {
    ++begin[reader[i] + 2];
  }
  for (extent row = 2; row < reader.rows + 2; ++row) {
    begin[row] += begin[row - 1];
  }
  for (extent i = 0; i < count; ++i) {
    made.position[begin[reader[i] + 1]++] = i; // what was the row's begin becomes its end, the next one's begin
  }
  return made;
}

template <class T>
void add_row(T* to, const T* from, extent count) {
  CLEAVE_INDEPENDENT
  for (extent j = 0; j < count; ++j) {
    to[j] += from[j];
  }
}

inline constexpr extent piece = 64; // columns that are summed at once by grains
inline constexpr int most_waiting = 66;

/// The sum of a row's positions over the grains [first, last), which are one aligned block. Only grains that name the
/// row are visited: adding the zeros of the others would change nothing. `waiting` holds the nodes whose right half is
/// still to come, each with the grain it ends with.
template <class T>
class BlockSum { // NOLINT(cppcoreguidelines-pro-type-member-init): set up to depth_
public:
  /// The sum of the dy rows `position`[0, count), whose grains are those of `grains`, in `to`.
  void add(T* to, const T* dy, extent width, extent columns, const extent* position, extent count,
           const Grains& grains) {
    depth_ = 0;
    extent i = 0;
    while (i < count) {
      const extent grain = (grains.first_row + position[i]) / grains.size;
      // what meets below the level at which the new grain meets the last is complete
      while (depth_ > 1 && (grain_[depth_ - 2] ^ grain_[depth_ - 1]) < (grain_[depth_ - 1] ^ grain)) {
        join(columns);
      }
      T* const own = waiting_[depth_];
      std::fill_n(own, columns, T(0));
      grain_[depth_++] = grain;
      for (; i < count && (grains.first_row + position[i]) / grains.size == grain; ++i) {
        add_row(own, dy + position[i] * width, columns);
      }
    }
    while (depth_ > 1) {
      join(columns);
    }
    if (depth_ == 0) {
      std::fill_n(to, columns, T(0));
    } else {
      std::copy_n(waiting_[0], columns, to);
    }
  }

private:
  void join(extent columns) {
    --depth_;
    add_row(waiting_[depth_ - 1], waiting_[depth_], columns);
    grain_[depth_ - 1] = grain_[depth_];
  }

  T waiting_[most_waiting][piece];
  extent grain_[most_waiting];
  int depth_ = 0;
};

/// The rows [first, last) of the gradient, by grains: one in each root.
template <class T>
void scatter_grains(T* roots, extent distance, const T* dy, extent width, const Buckets& buckets, const Grains& grains,
                    extent first, extent last) {
  BlockSum<T> sum;
  for (extent row = first; row < last; ++row) {
    const extent* at = buckets.position + buckets.begin[row];
    const extent* const end = buckets.position + buckets.begin[row + 1];
    T* to = roots + row * width;
    for (extent grain = grains.first(); grain < grains.last();) {
      grain += aligned_block(grain, grains.last());
      const extent* next = at;
      while (next < end && grains.first_row + *next < grain * grains.size) {
        ++next;
      }
      for (extent c = 0; c < width; c += piece) {
        sum.add(to + c, dy + c, width, std::min(piece, width - c), at, next - at, grains);
      }
      at = next;
      to += distance;
    }
  }
}

} // namespace embedding

template <class Word>
void gather_rows(std::byte* const* arenas, const KernelArguments& call) {
  const extent outer = call.sizes[0];
  const extent bytes = call.sizes[2] * static_cast<extent>(sizeof(Word));
  const extent count = call.sizes[3];
  auto* const to = call.result<std::byte>(arenas);
  const auto* const table = call.operand<std::byte>(arenas, 1);
  embedding::read_indices(arenas, call, 2, "gather_rows", [&](const auto& reader) {
    constexpr extent together = 32; // indices a tile
    const extent tiles = (count + together - 1) / together;
    for_tiles(outer * tiles, Cost{0, static_cast<double>(2 * together * bytes)}, [&](extent first, extent last) {
      // neighbouring tiles of one table are one piece of work
      while (first < last) {
        const extent at = first / tiles;
        const extent end = std::min(last, (at + 1) * tiles);
        embedding::gather(to + at * count * bytes, table + at * reader.rows * bytes, bytes, reader,
                          first % tiles * together, std::min(count, (end - at * tiles) * together));
        first = end;
      }
    });
  });
}

template <class T>
void scatter_rows(std::byte* const* arenas, const KernelArguments& call) {
  const extent outer = call.sizes[0];
  const extent rows = call.sizes[1];
  const extent width = call.sizes[2];
  const extent count = call.sizes[3];
  const extent grain = call.sizes[6];
  T* const to = call.result<T>(arenas);
  const T* const dy = call.operand<T>(arenas, 2);
  embedding::read_indices(arenas, call, 1, "scatter_rows", [&](const auto& reader) {
    if (rows == 0) {
      return;
    }
    const Scratch memory(sizeof(extent) * static_cast<std::size_t>(rows + 2 + count));
    const embedding::Buckets buckets = embedding::sort_indices(reader, count, memory.as<extent>());
    const double named = static_cast<double>(count) / static_cast<double>(rows);
    const double moved = (named + 1) * static_cast<double>(width);
    const Cost cost{named * static_cast<double>(width), moved * sizeof(T)};
    if (grain > 0) {
      const Grains grains{grain, call.sizes[7], count};
      for_tiles(rows, cost, [&](extent first, extent last) {
        embedding::scatter_grains(to, rows * width, dy, width, buckets, grains, first, last);
      });
      return;
    }
    for_tiles(outer * rows, cost, [&](extent first, extent last) {
      for (extent i = first; i < last; ++i) {
        const extent row = i % rows;
        const T* const table = dy + i / rows * count * width;
        T* const own = to + i * width;
        std::fill_n(own, width, T(0));
        for (extent k = buckets.begin[row]; k < buckets.begin[row + 1]; ++k) {
          embedding::add_row(own, table + buckets.position[k] * width, width);
        }
      }
    });
  });
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS

CLEAVE_INSTANTIATE(gather_rows, std::uint8_t, std::uint32_t, std::uint64_t)
CLEAVE_INSTANTIATE(scatter_rows, float, double)
