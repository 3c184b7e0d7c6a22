// SPDX-License-Identifier: Apache-2.0
// The convolution of a window, which is also the data gradient of another: panels of pixels times packed weights.
#pragma once

#include "convolve_depthwise.hpp"
#include "convolve_panels.hpp"
#include "convolve_strips.hpp"
#include "convolve_tile.hpp"
#include "parallel.hpp"

#include <cleave/device/scratch.hpp>

namespace cleave::kernels::inline CLEAVE_ISA::convolution {

/// A part of scratch, rounded up to what everything is aligned to.
constexpr extent padded_bytes(extent bytes) {
  return ceil_div(bytes, static_cast<extent>(alignment)) * static_cast<extent>(alignment);
}

/// How a convolution reads its input.
struct Reading {
  bool in_place; ///< not laid out in scratch
  int parts;     ///< of which registers are put together where the pixels lie; 0: packed

  template <class T>
  static Reading of(const Window& w, T /*type*/) {
    constexpr extent lanes = Lanes<T>::count;
    Reading made{w.stride[2] == 1 && w.pad[0] == 0 && w.pad[1] == 0 && w.pad[2] == 0, 0};
    if (w.out[2] % lanes == 0) {
      made.parts = 1;
    } else if (w.out[2] % (lanes / 2) == 0) {
      made.parts = 2;
    }
    // Channels that lie a power of two apart share few sets of the cache.
    const bool apart = w.channels < 8 || w.plane() * static_cast<extent>(sizeof(T)) % 1024 != 0;
    made.in_place = made.in_place && (made.parts == 0 || apart);
    return made;
  }
};

/// Strips of a convolution: as many images as fill panels best, of at most 1024 pixels or one image.
template <class T>
Strips strips_of(const Window& w, const Reading& reading, T /*type*/) {
  constexpr extent budget = (extent{384} << 10) / static_cast<extent>(sizeof(T));
  Strips made(w, reading.in_place ? extent{1} << 62 : budget);
  const extent pixels = most(1, w.pixels());
  extent best = 64;
  for (extent images = 1; images <= w.batch && (images == 1 || images * pixels <= 1024) &&
                          (reading.in_place || Layout(w, images, w.out[0], w.out[1]).size <= budget);
       ++images) {
    const extent count = images * pixels;
    const extent waste = (ceil_div(count, tile_width<T>) * tile_width<T> - count) * 64 / count;
    if (waste <= best) {
      best = waste;
      made.join(images);
    }
  }
  return made;
}

/// y = bias + x * weights.
template <class T>
class Correlation {
public:
  Correlation(const Window& window, Weights<T> weights, const T* bias)
      : w_(window),
        reading_(Reading::of(window, T())),
        strips_(strips_of(window, reading_, T())),
        layout_(reading_.in_place ? Layout(window) : strips_.layout(window)),
        blocks_(window.results, tile_rows),
        weights_(weights),
        bias_(bias) {}

  void run(const T* x, T* y) {
    constexpr auto size = static_cast<extent>(sizeof(T));
    const extent depth = w_.depth();
    const extent weights_bytes = padded_bytes(Weights<T>::packed_size(w_) * size);
    const extent offsets_bytes = padded_bytes(depth * static_cast<extent>(sizeof(extent)));
    const extent layout_bytes = padded_bytes(layout_.size * size);
    const extent panel_bytes = padded_bytes((block_depth * tile_width<T> + 64) * size);
    const Scratch shared(static_cast<std::size_t>(weights_bytes + offsets_bytes));
    weights_.pack(packed_ = shared.as<T>(), w_.groups, w_.channels, w_.taps(), blocks_);
    layout_.offsets(w_, offsets_ = reinterpret_cast<extent*>(shared.data() + weights_bytes));
    const extent count = strips_.count(w_);
    const double pixels = static_cast<double>(w_.batch * w_.pixels() * w_.groups) / static_cast<double>(count);
    const Cost cost{2 * pixels * static_cast<double>(w_.results * depth),
                    pixels * static_cast<double>((w_.results + w_.channels) * size)};
    for_tiles(count, cost, [&](extent first, extent last) {
      const Scratch own(static_cast<std::size_t>(layout_bytes + panel_bytes));
      T* const planes = own.as<T>();
      auto* const panel = reinterpret_cast<T*>(own.data() + layout_bytes);
      for (extent i = first; i < last; ++i) {
        const Strip strip = strips_.strip(w_, i);
        if (!reading_.in_place && (i == first || strips_.parts() > 1)) {
          clear(planes, layout_.size);
        }
        for (extent g = 0; g < w_.groups; ++g) {
          const T* const group = x + g * w_.channels * w_.plane();
          if (!reading_.in_place) {
            fill(w_, layout_, strip, group, planes);
            sum_strip(strip, g, planes, layout_.size, panel, y);
          } else {
            const extent before = strip.image * layout_.image;
            sum_strip(strip, g, group + before, w_.batch * layout_.image - before - g * w_.channels * w_.plane(), panel,
                      y);
          }
        }
      }
    });
  }

private:
  /// A block of a panel is 32 KiB.
  static constexpr extent block_depth = (extent{32} << 10) / register_bytes / 2;

  /// What is computed for one panel: where its pixels go, and the weights.
  struct Panel {
    T* to;
    Runs runs;
    const T* weights;
    const T* bias;
  };

  void sum_strip(const Strip& strip, extent group, const T* planes, extent readable, T* packed, T* y) const {
    const extent pixels = w_.pixels();
    const extent each = strip.pixels(w_);
    const extent image = w_.groups * w_.results * pixels;
    T* const results = y + strip.image * image + group * w_.results * pixels + strip.first_pixel(w_);
    Panel panel{nullptr,
                {},
                packed_ + group * w_.results * w_.depth(),
                bias_ == nullptr ? nullptr : bias_ + group * w_.results};
    for (extent q = 0; q < each * strip.images; q += tile_width<T>) {
      panel.to = results + q / each * image + q % each;
      panel.runs.pixels = least(tile_width<T>, each * strip.images - q);
      panel.runs.first = least(panel.runs.pixels, each - q % each);
      panel.runs.each = each;
      panel.runs.gap = image - each;
      if (reading_.parts == 1) {
        sum_direct<1>(panel, strip, planes, q);
      } else if (reading_.parts == 2) {
        sum_direct<2>(panel, strip, planes, q);
      } else {
        sum_packed(panel, strip, planes, q, readable, packed);
      }
    }
  }

  template <int Parts>
  void sum_direct(const Panel& panel, const Strip& strip, const T* planes, extent q) const {
    Direct<T, Parts> pixels{{}, offsets_};
    for (int p = 0; p < 2 * Parts; ++p) {
      const extent at = p * Direct<T, Parts>::part_lanes;
      // (behind the end: any pixel)
      pixels.from[p] = planes + (at < panel.runs.pixels ? layout_.place_of(w_, strip, q + at) : extent(0));
    }
    sum(panel, pixels, 0, w_.depth());
  }

  void sum_packed(const Panel& panel, const Strip& strip, const T* planes, extent q, extent readable, T* packed) const {
    const extent depth = w_.depth();
    const Pieces<T, tile_width<T>> pieces(w_, layout_, strip, q);
    const bool last = pieces.furthest + offsets_[depth - 1] + Lanes<T>::count > readable;
    for (extent k = 0; k < depth; k += block_depth) {
      const extent rows = least(block_depth, depth - k);
      if (last) {
        pack_last(packed, tile_width<T>, planes, offsets_ + k, rows, pieces);
      } else {
        pack(packed, EvenRows{tile_width<T>}, planes, offsets_ + k, rows, pieces);
      }
      sum(panel, Packed<T>{packed}, k, rows);
    }
  }

  template <class Pixels>
  void sum(const Panel& panel, const Pixels& pixels, extent k, extent taps) const {
    for (extent b = 0; b < blocks_.count; ++b) {
      const extent r = blocks_.first(b);
      const int rows = blocks_.size(b);
      sum_panel(rows, panel.to + r * w_.pixels(), w_.pixels(), panel.weights + r * w_.depth() + k * rows, pixels, taps,
                Start<T>{panel.bias == nullptr ? nullptr : panel.bias + r, k > 0}, panel.runs);
    }
  }

  Window w_;
  Reading reading_;
  Strips strips_;
  Layout layout_;
  Blocks blocks_;
  Weights<T> weights_;
  const T* bias_;
  T* packed_ = nullptr;
  extent* offsets_ = nullptr;
};

/// y = bias + x * weights, with the same bits either way.
template <class T>
void correlate(const Window& w, const Weights<T>& weights, const T* bias, const T* x, T* y) {
  if (w.channels == 1 && w.results < 4) {
    Depthwise<T>(w, weights, bias).run(x, y);
  } else {
    Correlation<T>(w, weights, bias).run(x, y);
  }
}

} // namespace cleave::kernels::inline CLEAVE_ISA::convolution
