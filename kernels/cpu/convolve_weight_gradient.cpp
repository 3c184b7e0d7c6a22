// SPDX-License-Identifier: Apache-2.0
#include "convolve_chunks.hpp"
#include "convolve_correlate.hpp"
#include "convolve_depthwise_sums.hpp"
#include "convolve_dot.hpp"
#include "convolve_outer.hpp"
#include "grain.hpp"
#include "instantiate.hpp"

#include <cleave/ops/convolve_kernels.hpp>

namespace cleave::kernels::inline CLEAVE_ISA::convolution {

/// The weight gradient: inner products over chunks of pixels, which are added one chunk after another. Tiles of sums
/// stay in the order in which they are computed until all is added.
template <class T>
class WeightSums {
public:
  WeightSums(const Window& window, const Grains& grains)
      : w_(window),
        grains_(grains),
        chunks_(window, grains.size),
        rows_(window.results, dot_rows),
        tiles_(window.depth(), dot_taps),
        parts_(tiles_.count, part_tiles),
        reading_(window, chunks_),
        layout_(chunks_.layout(window, reading_.in_place)) {}

  void run(const T* x, const T* dy, T* dw) {
    constexpr auto size = static_cast<extent>(sizeof(T));
    constexpr auto word = static_cast<extent>(sizeof(extent));
    const extent depth = w_.depth();
    const int roots = count_roots(grains_);
    const int waiting = waiting_levels(grains_);
    const extent groups = groups_of(chunks_.largest());
    const extent bytes[] = {padded_bytes(layout_.size * size),
                            padded_bytes(reading_.direct ? 0 : (groups * lanes + 64) * part_taps * size),
                            padded_bytes(reading_.results_in_place ? 0 : groups * w_.results * lanes * size),
                            padded_bytes((6 * groups + 3 * part_taps) * word)};
    const extent before = bytes[0] + bytes[1] + bytes[2] + bytes[3];
    const extent each = parts_.count * w_.groups * part_slots();
    const auto own_bytes = static_cast<std::size_t>(before + (roots + waiting) * each * size);
    const Scratch shared(static_cast<std::size_t>(depth * word));
    offsets_ = shared.as<extent>();
    layout_.offsets(w_, offsets_);
    const auto pixels = static_cast<double>(w_.batch * w_.pixels());
    const Cost cost{2 * pixels * static_cast<double>(w_.results * depth) / static_cast<double>(parts_.count),
                    pixels * static_cast<double>((w_.results + w_.channels) * size)};
    for_tiles(parts_.count * w_.groups, cost, [&](extent first, extent last) {
      const Scratch own(own_bytes);
      std::byte* at = own.data();
      Buffers to{};
      to.planes = reinterpret_cast<T*>(at);
      to.taps = reinterpret_cast<T*>(at += bytes[0]);
      to.results = reinterpret_cast<T*>(at += bytes[1]);
      to.results_from[0] = reinterpret_cast<extent*>(at += bytes[2]);
      to.results_from[1] = to.results_from[0] + groups;
      to.taps_from[0] = to.results_from[1] + groups;
      to.taps_from[1] = to.taps_from[0] + 2 * groups;
      to.taps_offset = to.taps_from[1] + 2 * groups;
      auto* const sums = reinterpret_cast<T*>(own.data() + before);
      const extent count = (last - first) * part_slots();
      clear(to.planes, layout_.size);
      sum_grains(grains_, sums, count, count, sums + roots * count, [&](T* out, extent row, extent rows) {
        clear(out, count);
        add_rows(first, last, row, rows, x, dy, out, to);
      });
      for (int root = 0; root < roots; ++root) {
        for (extent part = first; part < last; ++part) {
          write(part, sums + root * count + (part - first) * part_slots(), dw + root * w_.groups * w_.results * depth);
        }
      }
    });
  }

private:
  static constexpr extent part_tiles = 10;     ///< of taps that are packed at a time
  static constexpr extent blocks_at_once = 16; ///< of results, in the second cache beside the taps of a part
  static constexpr extent part_taps = part_tiles * dot_taps;
  static constexpr extent lanes = dot_lanes<T>;

  /// How operands are read.
  struct Reading {
    bool direct;           ///< taps where they lie,
    bool whole;            ///< a group of pixels at once,
    bool in_place;         ///< and in x itself
    bool results_in_place; ///< dy where it lies

    Reading(const Window& w, const Chunks& chunks)
        : direct(w.out[2] % dot_half<T> == 0),
          whole(w.out[2] % lanes == 0),
          in_place(direct && chunks.may_be_in_place()) {
      // Where rows are read often, in short runs far apart, packing them pays.
      const bool long_runs = w.pixels() * static_cast<extent>(sizeof(T)) >= 4096;
      results_in_place = chunks.has_whole_images() && w.pixels() % lanes == 0 && (long_runs || w.depth() <= 64);
    }
  };

  /// Tables that depend on the size of a block of rows, or of a tile of taps, are there for both sizes.
  struct Buffers {
    T* planes;
    T* taps;                 ///< packed: tile by tile, [group of pixels][tap of the tile][lanes]
    T* results;              ///< packed: block by block, [group of pixels][row of the block][lanes]
    extent* results_from[2]; ///< as DotResults and DotTaps have them
    extent* taps_from[2];
    extent* taps_offset;
    Strip made; ///< what the tables are for
  };

  [[nodiscard]] extent groups_of(const Strip& chunk) const { return ceil_div(chunk.pixels(w_) * chunk.images, lanes); }
  [[nodiscard]] extent part_slots() const { return part_tiles * rows_.count * dot_slots<T>; }
  [[nodiscard]] extent image_results() const { return w_.groups * w_.results * w_.pixels(); }

  /// Adds rows [row, row + rows) of the batch to the sums of parts [first, last).
  void add_rows(extent first, extent last, extent row, extent rows, const T* x, const T* dy, T* sums,
                Buffers& to) const {
    chunks_.for_each(w_, row, rows, [&](const Strip& chunk) {
      make_tables(chunk, to);
      extent group = -1;
      const T* planes = to.planes;
      const T* results = to.results;
      for (extent part = first; part < last; ++part) {
        if (part / parts_.count != group) {
          group = part / parts_.count;
          planes =
              chunks_.planes(w_, layout_, chunk, x + group * w_.channels * w_.plane(), reading_.in_place, to.planes);
          const T* const from = dy + chunk.image * image_results() + group * w_.results * w_.pixels();
          if (reading_.results_in_place) {
            results = from;
          } else {
            pack_results(chunk, from + chunk.first_pixel(w_), to.results);
          }
        }
        add_part(chunk, part % parts_.count, planes, results, sums + (part - first) * part_slots(), to);
      }
    });
  }

  void make_tables(const Strip& chunk, Buffers& to) const {
    if (to.made.images == chunk.images && to.made.count[0] == chunk.count[0] && to.made.count[1] == chunk.count[1]) {
      return;
    }
    to.made = chunk;
    const extent groups = groups_of(chunk);
    const extent each = chunk.pixels(w_);
    for (int larger = 0; larger < 2; ++larger) {
      const extent height = w_.results / rows_.count + larger;
      const extent width = w_.depth() / tiles_.count + larger;
      for (extent g = 0; g < groups; ++g) {
        to.results_from[larger][g] =
            reading_.results_in_place ? g * lanes / each * image_results() + g * lanes % each : g * height * lanes;
        for (extent half = 0; half < 2; ++half) {
          const extent q = g * lanes + half * dot_half<T>;
          extent& from = to.taps_from[larger][2 * g + half];
          if (!reading_.direct) {
            from = g * width * lanes + half * dot_half<T>;
          } else { // (behind the end: any pixel, since dy is zero there)
            from = q < each * chunk.images ? layout_.place_of(w_, chunk, q) : 0;
          }
        }
      }
    }
  }

  void pack_results(const Strip& chunk, const T* from, T* to) const {
    const extent groups = groups_of(chunk);
    const extent each = chunk.pixels(w_);
    const extent total = each * chunk.images;
    // image by image, as dy lies in memory
    for (extent i = 0; i < chunk.images; ++i, from += image_results()) {
      const T* source = from;
      for (extent b = 0; b < rows_.count; ++b) {
        const extent step = rows_.size(b) * lanes;
        T* row = to + rows_.first(b) * groups * lanes;
        for (extent r = rows_.first(b); r < rows_.first(b + 1); ++r, row += lanes, source += w_.pixels()) {
          extent q = i * each;
          extent at = 0;
          while (at < each) {
            T* to_group = row + q / lanes * step + q % lanes;
            for (; q % lanes == 0 && at + lanes <= each; at += lanes, q += lanes, to_group += step) {
              std::memcpy(to_group, source + at, lanes * sizeof(T));
            }
            const extent run = least(each - at, lanes - q % lanes);
            copy_run(to_group, source + at, run);
            at += run;
            q += run;
          }
          if (i + 1 == chunk.images && total % lanes != 0) {
            clear(row + total / lanes * step + total % lanes, lanes - total % lanes);
          }
        }
      }
    }
  }

  void add_part(const Strip& chunk, extent part, const T* planes, const T* results, T* sums, const Buffers& to) const {
    if (!reading_.direct) {
      pack_taps(chunk, part, planes, to);
    }
    const extent blocks = rows_.count;
    const extent tiles = parts_.size(part);
    // What stays in the cache: the rows of dy, while taps go over a few lines of the input; else the taps.
    if (reading_.direct && w_.taps() > 1) {
      for (extent b = 0; b < blocks; ++b) {
        for (extent t = 0; t < tiles; ++t) {
          add_tile(chunk, part, b, t, planes, results, sums + (t * blocks + b) * dot_slots<T>, to);
        }
      }
    } else {
      for (extent some = 0; some < blocks; some += blocks_at_once) {
        for (extent t = 0; t < tiles; ++t) {
          for (extent b = some; b < least(blocks, some + blocks_at_once); ++b) {
            add_tile(chunk, part, b, t, planes, results, sums + (t * blocks + b) * dot_slots<T>, to);
          }
        }
      }
    }
  }

  void add_tile(const Strip& chunk, extent part, extent block, extent t, const T* planes, const T* results, T* sums,
                const Buffers& to) const {
    const extent groups = groups_of(chunk);
    const extent tile = parts_.first(part) + t;
    const extent k = tiles_.first(tile);
    const int height = rows_.size(block);
    const int width = tiles_.size(tile);
    const extent r = rows_.first(block);
    DotResults<T> a{results + r * w_.pixels(), w_.pixels(), to.results_from[height - w_.results / rows_.count]};
    if (!reading_.results_in_place) {
      a.at = results + r * groups * lanes;
      a.row = lanes;
    }
    DotTaps<T> b{planes, offsets_ + k, to.taps_from[width - w_.depth() / tiles_.count]};
    if (!reading_.direct) {
      b.at = to.taps;
      b.offset = to.taps_offset + (k - tiles_.first(parts_.first(part)));
    }
    if (reading_.whole || !reading_.direct) {
      add_dots<true>(height, width, sums, a, b, groups);
    } else {
      add_dots<false>(height, width, sums, a, b, groups);
    }
  }

  /// Packs what the pixels of a chunk read through the taps of a part.
  void pack_taps(const Strip& chunk, extent part, const T* planes, const Buffers& to) const {
    const extent groups = groups_of(chunk);
    const extent first_tile = parts_.first(part);
    const extent first = tiles_.first(first_tile);
    extent* const rows = to.taps_offset + part_taps;
    extent* const steps = rows + part_taps;
    extent taps = 0;
    for (extent tile = first_tile; tile < first_tile + parts_.size(part); ++tile) {
      const int width = tiles_.size(tile);
      // (between tiles there is room for what copying whole registers writes behind the last row)
      const extent start = taps * groups * lanes + (tile - first_tile) * lanes;
      for (int t = 0; t < width; ++t, ++taps) {
        to.taps_offset[taps] = rows[taps] = start + t * lanes;
        steps[taps] = width * lanes;
      }
    }
    for (extent g = 0; g < groups; ++g) {
      const Pieces<T, lanes> pieces(w_, layout_, chunk, g * lanes);
      pack(to.taps, rows, planes, offsets_ + first, taps, pieces);
      for (extent k = 0; k < taps; ++k) {
        if (pieces.pixels < lanes) {
          clear(to.taps + rows[k] + pieces.pixels, lanes - pieces.pixels);
        }
        rows[k] += steps[k];
      }
    }
  }

  /// Puts the sums of a part in their places.
  void write(extent part, const T* sums, T* dw) const {
    const extent depth = w_.depth();
    T* const to = dw + part / parts_.count * w_.results * depth;
    const extent first = parts_.first(part % parts_.count);
    for (extent tile = first; tile < first + parts_.size(part % parts_.count); ++tile) {
      const int width = tiles_.size(tile);
      for (extent b = 0; b < rows_.count; ++b, sums += dot_slots<T>) {
        for (int r = 0; r < rows_.size(b); ++r) {
          for (int t = 0; t < width; ++t) {
            to[(rows_.first(b) + r) * depth + tiles_.first(tile) + t] = sums[r * width + t];
          }
        }
      }
    }
  }

  Window w_;
  Grains grains_;
  Chunks chunks_;
  Blocks rows_;
  Blocks tiles_; ///< of taps
  Blocks parts_; ///< of tiles of taps
  Reading reading_;
  Layout layout_;
  extent* offsets_ = nullptr;
};

/// The weight gradient of a convolution whose groups have one channel each.
template <class T>
void sum_depthwise(const Window& w, const Grains& grains, const T* x, const T* dy, T* dw) {
  const DepthwiseSums<T> kernel(w);
  const extent each = w.results * w.taps();
  const extent waiting = waiting_levels(grains);
  const extent waiting_bytes = padded_bytes(waiting * w.groups * each * static_cast<extent>(sizeof(T)));
  const auto pixels = static_cast<double>(w.batch * w.pixels());
  const Cost cost{2 * pixels * static_cast<double>(each),
                  pixels * static_cast<double>((w.results + 1) * static_cast<extent>(sizeof(T)))};
  for_tiles(w.groups, cost, [&](extent first, extent last) {
    const Scratch own(static_cast<std::size_t>(waiting_bytes + kernel.bytes()));
    sum_grains(grains, dw + first * each, w.groups * each, (last - first) * each, own.as<T>(),
               [&](T* out, extent row, extent rows) {
                 kernel.sum(first, last, row, rows, x, dy, out, own.data() + waiting_bytes);
               });
  });
}

/// The sum of `rows` runs of `count` elements, `step` apart: position in a run modulo dot_lanes first, then its tree.
template <class T>
T sum_planes(const T* x, extent step, extent count, extent rows) {
  constexpr int lanes = dot_lanes<T>;
  T sums[lanes] = {};
  for (extent row = 0; row < rows; ++row, x += step) {
    extent i = 0;
    for (; i + lanes <= count; i += lanes) {
#pragma GCC unroll 1
      for (int lane = 0; lane < lanes; ++lane) {
        sums[lane] += x[i + lane];
      }
    }
    for (int lane = 0; i < count; ++i, ++lane) {
      sums[lane] += x[i];
    }
  }
  for (int half = lanes / 2; half > 0; half /= 2) {
    for (int lane = 0; lane < half; ++lane) {
      sums[lane] += sums[lane + half];
    }
  }
  return sums[0];
}

} // namespace cleave::kernels::inline CLEAVE_ISA::convolution

namespace cleave::kernels::inline CLEAVE_KERNELS {

template <class T>
void convolve_bias_gradient(std::byte* const* arenas, const KernelArguments& call) {
  using namespace convolution;
  const T* const dy = call.operand<T>(arenas, 1);
  T* const out = call.result<T>(arenas);
  const extent batch = call.sizes[0];
  const extent results = call.sizes[1];
  const extent inner = call.sizes[2];
  const extent grain = call.sizes[3];
  const Grains grains{grain == 0 ? most(1, batch) : grain, grain == 0 ? 0 : call.sizes[4], batch};
  if (batch == 0) {
    clear(out, results);
    return;
  }
  const extent waiting = waiting_levels(grains);
  const auto bytes = static_cast<double>(batch * inner) * sizeof(T);
  for_tiles(results, {bytes / sizeof(T), bytes}, [&](extent first, extent last) {
    const extent count = last - first;
    const Scratch own(static_cast<std::size_t>(waiting * count) * sizeof(T));
    sum_grains(grains, out + first, results, count, own.as<T>(), [&](T* sums, extent row, extent rows) {
      for (extent r = 0; r < count; ++r) {
        sums[r] = sum_planes(dy + (row * results + first + r) * inner, results * inner, inner, rows);
      }
    });
  });
}

template <class T>
void convolve_weight_gradient(std::byte* const* arenas, const KernelArguments& call) {
  using namespace convolution;
  const Window w(call);
  const T* const x = call.operand<T>(arenas, 1);
  const T* const dy = call.operand<T>(arenas, 2);
  T* const dw = call.result<T>(arenas);
  if (w.batch == 0) { // a plain sum over no rows
    if (call.sizes[19] == 0) {
      clear(dw, w.groups * w.results * w.depth());
    }
    return;
  }
  const Grains grains =
      call.sizes[19] == 0 ? Grains{w.batch, 0, w.batch} : Grains{call.sizes[19], call.sizes[20], w.batch};
  if (w.channels == 1 && w.results < 4 && w.groups > 1) {
    sum_depthwise(w, grains, x, dy, dw);
  } else if (OuterSums<T>::suits(w)) {
    OuterSums<T>(w, grains).run(x, dy, dw);
  } else {
    WeightSums<T>(w, grains).run(x, dy, dw);
  }
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS

CLEAVE_INSTANTIATE(convolve_bias_gradient, float, double)
CLEAVE_INSTANTIATE(convolve_weight_gradient, float, double)
