// SPDX-License-Identifier: Apache-2.0
// Weight gradients of convolutions whose results fill registers: pixel after pixel, all results of a block times what
// some taps read. dy is turned for that, so that a pixel's results are neighbours; x is read where it lies.
#pragma once

#include "convolve_chunks.hpp"
#include "grain.hpp"
#include "pack.hpp"
#include "parallel.hpp"

#include <cleave/device/scratch.hpp>

#include <utility>

namespace cleave::kernels::inline CLEAVE_ISA::convolution {

/// Taps of a tile that is `vectors` registers of results wide.
constexpr int outer_taps(int vectors) { return register_count == 32 ? 24 / vectors : 6; }
/// The fewest taps a convolution has, and those of a tile then if all are as even as can be.
inline constexpr int outer_depth = 36;
constexpr int least_outer_taps(int vectors) {
  const int most = outer_taps(vectors);
  return (outer_depth / most * most + 1) / (outer_depth / most + 1);
}

/// Neighbouring pixels, whose taps read neighbours.
struct PixelRun {
  extent place; ///< of the first in the layout
  extent count;
};

/// What a tile adds up: its pixels, and what they read and multiply.
template <class T>
struct OuterPixels {
  const T* turned; ///< [pixel][registers of the block]
  const T* planes;
  const PixelRun* runs;
  extent run_count;
};

/// sums[tap][result] += x of the tap * dy of the result, pixel after pixel.
template <int Vectors, class T, std::size_t... Tap, std::size_t... Each>
void add_outer_tile(T* sums, const extent* offsets, const OuterPixels<T>& of, std::index_sequence<Tap...> /*taps*/,
                    std::index_sequence<Each...> /*sums*/) {
  constexpr int lanes = Lanes<T>::count;
  Vector<T> sum[sizeof...(Each)] = {load(sums + Each * lanes)...};
  const T* dy = of.turned;
  for (const PixelRun* run = of.runs; run < of.runs + of.run_count; ++run) {
    const T* const from = of.planes + run->place;
    const T* const taps[sizeof...(Tap)] = {from + offsets[Tap]...};
    const extent count = run->count;
    for (extent i = 0; i < count; ++i, dy += Vectors * lanes) {
      Vector<T> result[Vectors];
      for (int v = 0; v < Vectors; ++v) {
        result[v] = load(dy + v * lanes);
      }
      ((sum[Each] += taps[Each / Vectors][i] * result[Each % Vectors]), ...);
    }
  }
  (store(sums + Each * lanes, sum[Each]), ...);
}

template <int Vectors, int Taps = outer_taps(Vectors), class T>
void add_outer(int taps, T* sums, const extent* offsets, const OuterPixels<T>& of) {
  if constexpr (Taps > least_outer_taps(Vectors)) {
    if (taps < Taps) {
      return add_outer<Vectors, Taps - 1>(taps, sums, offsets, of);
    }
  }
  constexpr auto count = static_cast<std::size_t>(Taps);
  add_outer_tile<Vectors>(sums, offsets, of, std::make_index_sequence<count>{},
                          std::make_index_sequence<count * Vectors>{});
}

template <class T>
class OuterSums {
public:
  /// Whether results fill registers; whatever the registers, since bits depend on it.
  static bool suits(const Window& w) {
    const extent filled = ceil_div(w.results, group) * group;
    return filled >= 2 * group && filled * 9 <= w.results * 10 && w.depth() >= outer_depth;
  }

  OuterSums(const Window& window, const Grains& grains)
      : w_(window),
        grains_(grains),
        chunks_(window, grains.size),
        blocks_(ceil_div(window.results, group) * (group / lanes), most_vectors) {}

  void run(const T* x, const T* dy, T* dw) const {
    constexpr auto size = static_cast<extent>(sizeof(T));
    const extent depth = w_.depth();
    const Layout layout = chunks_.layout(w_, chunks_.may_be_in_place());
    const int roots = count_roots(grains_);
    const int waiting = waiting_levels(grains_);
    const Scratch shared(static_cast<std::size_t>(depth) * sizeof(extent));
    auto* const offsets = shared.as<extent>();
    layout.offsets(w_, offsets);
    const extent tiles = tiles_before(blocks_.count);
    const auto pixels = static_cast<double>(w_.batch * w_.pixels());
    const Cost cost{2 * pixels * static_cast<double>(w_.results * depth) / static_cast<double>(tiles),
                    pixels * static_cast<double>((w_.results + w_.channels) * size) / static_cast<double>(tiles)};
    for_tiles(tiles * w_.groups, cost, [&](extent first, extent last) {
      const extent count = slot(last) - slot(first);
      const extent planes_size = ceil_div(layout.size, group) * group;
      const extent turned_size = most_pixels * most_vectors * lanes;
      const Scratch own(static_cast<std::size_t>((planes_size + turned_size + (roots + waiting) * count) * size));
      const Work work{x, dy, own.as<T>(), own.as<T>() + planes_size, offsets, &layout, first, last};
      T* const sums = work.turned + turned_size;
      clear(work.planes, layout.size);
      sum_grains(grains_, sums, count, count, sums + roots * count, [&](T* out, extent row, extent rows) {
        clear(out, count);
        add_rows(work, row, rows, out);
      });
      for (int root = 0; root < roots; ++root) {
        write(work, sums + root * count, dw + root * w_.groups * w_.results * depth);
      }
    });
  }

private:
  static constexpr extent lanes = Lanes<T>::count;
  static constexpr extent group = 64 / static_cast<extent>(sizeof(T)); ///< of results
  static constexpr int most_vectors = register_count == 32 ? 4 : 2;    ///< of a block
  static constexpr extent most_pixels = 128;                           ///< of dy that are turned at a time

  struct Work {
    const T* x;
    const T* dy;
    T* planes;
    T* turned;
    const extent* offsets;
    const Layout* layout;
    extent first; ///< of the tiles of all groups and blocks
    extent last;
  };

  /// A block's tiles.
  [[nodiscard]] Blocks tiles(extent block) const { return {w_.depth(), outer_taps(blocks_.size(block))}; }
  [[nodiscard]] extent tiles_before(extent block) const {
    extent count = 0;
    for (extent b = 0; b < block; ++b) {
      count += tiles(b).count;
    }
    return count;
  }
  /// Visits the tiles [first, last), block by block: visit(group, block, first of its tiles, behind the last).
  template <class Visit>
  void visit(extent first, extent last, Visit visit_block) const {
    const extent all = tiles_before(blocks_.count);
    for (extent at = first; at < last;) {
      const extent g = at / all;
      extent in_block = at % all;
      extent b = 0;
      for (; in_block >= tiles(b).count; ++b) {
        in_block -= tiles(b).count;
      }
      const extent count = least(tiles(b).count - in_block, last - at);
      visit_block(g, b, in_block, in_block + count);
      at += count;
    }
  }
  /// Where the sums of a tile begin among those of all tiles.
  [[nodiscard]] extent slot(extent tile) const {
    extent at = 0;
    visit(0, tile, [&](extent /*group*/, extent b, extent first, extent last) {
      at += (tiles(b).first(last) - tiles(b).first(first)) * blocks_.size(b) * lanes;
    });
    return at;
  }

  void add_rows(const Work& work, extent row, extent rows, T* sums) const {
    const extent all = tiles_before(blocks_.count);
    chunks_.for_each(w_, row, rows, [&](const Strip& strip) {
      T* to = sums;
      for (extent first = work.first, next = first; first < work.last; first = next) {
        const extent g = first / all;
        next = least(work.last, (g + 1) * all);
        const T* const channels = work.x + g * w_.channels * w_.plane();
        const T* const planes =
            chunks_.planes(w_, *work.layout, strip, channels, chunks_.may_be_in_place(), work.planes);
        add_strip(work, strip, first, next, planes, to);
        to += slot(next) - slot(first);
      }
    });
  }

  /// Adds a strip's pixels to the sums of the tiles [first, last), all of one group.
  void add_strip(const Work& work, const Strip& strip, extent first, extent last, const T* planes, T* sums) const {
    const extent each = strip.pixels(w_);
    const Blocks pieces(each * strip.images, most_pixels);
    PixelRun runs[most_pixels];
    for (extent piece = 0; piece < pieces.count; ++piece) {
      OuterPixels<T> of{work.turned, planes, runs, 0};
      const extent begin = pieces.first(piece);
      const extent end = pieces.first(piece + 1);
      for (extent q = begin; q < end; q += runs[of.run_count++].count) {
        runs[of.run_count] = {work.layout->place_of(w_, strip, q), least(end - q, w_.out[2] - q % w_.out[2])};
      }
      T* to = sums;
      visit(first, last, [&](extent g, extent block, extent from, extent behind) {
        const T* const dy = work.dy + (strip.image * w_.groups + g) * w_.results * w_.pixels() + strip.first_pixel(w_);
        switch (blocks_.size(block)) {
        case 4:
          to = add_block<most_vectors>(work, dy, each, begin, end, block, from, behind, of, to);
          break;
        case 3:
          to = add_block < most_vectors == 2 ? 2 : 3 > (work, dy, each, begin, end, block, from, behind, of, to);
          break;
        default:
          to = add_block<2>(work, dy, each, begin, end, block, from, behind, of, to);
        }
      });
    }
  }

  /// Turns pixels [begin, end) of dy and adds them to the sums of some tiles of a block; returns the end of these.
  template <int Vectors>
  T* add_block(const Work& work, const T* dy, extent each, extent begin, extent end, extent block, extent first,
               extent last, const OuterPixels<T>& of, T* sums) const {
    constexpr extent width = Vectors * lanes;
    const Blocks some = tiles(block);
    const extent r = blocks_.first(block) * lanes;
    T* turned = work.turned;
    for (extent q = begin, next = q; q < end; turned += (next - q) * width, q = next) {
      next = least(end, (q / each + 1) * each); // what belongs to one image is turned at once
      const T* const from = dy + (q / each * w_.groups * w_.results + r) * w_.pixels() + q % each;
      for (int v = 0; v < Vectors; ++v) {
        if (r + v * lanes < w_.results) {
          pack_turned(turned + v * lanes, width, from + v * lanes * w_.pixels(), w_.pixels(),
                      least(lanes, w_.results - r - v * lanes), next - q);
        }
      }
    }
    for (extent t = first; t < last; ++t) {
      add_outer<Vectors>(some.size(t), sums, work.offsets + some.first(t), of);
      sums += some.size(t) * width;
    }
    return sums;
  }

  /// Puts sums, which are [tap][result] of each block, in their places.
  void write(const Work& work, const T* sums, T* dw) const {
    const extent taps = w_.depth();
    visit(work.first, work.last, [&](extent g, extent block, extent first, extent last) {
      const extent width = blocks_.size(block) * lanes;
      const extent r = blocks_.first(block) * lanes;
      const extent results = least(width, w_.results - r);
      const extent begin = tiles(block).first(first);
      const extent end = tiles(block).first(last);
      T* const to = dw + (g * w_.results + r) * taps;
      for (extent k = begin; k < end; k += lanes) {
        const extent at = end - begin < lanes ? k : least(k, end - lanes); // the last go over some again
        const T* const from = sums + (at - begin) * width;
        if (end - at >= lanes) {
          pack_turned(to + at, taps, from, width, lanes, results);
          continue;
        }
        for (extent result = 0; result < results; ++result) {
          for (extent tap = at; tap < end; ++tap) {
            to[result * taps + tap] = from[(tap - at) * width + result];
          }
        }
      }
      sums += (end - begin) * width;
    });
  }

  Window w_;
  Grains grains_;
  Chunks chunks_;
  Blocks blocks_; ///< of the registers that all results of a group fill
};

} // namespace cleave::kernels::inline CLEAVE_ISA::convolution
