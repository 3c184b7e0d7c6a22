// SPDX-License-Identifier: Apache-2.0
#include "convolve_correlate.hpp"
#include "convolve_tap_rows.hpp"
#include "instantiate.hpp"

#include <cleave/ops/convolve_kernels.hpp>

namespace cleave::kernels::inline CLEAVE_ISA::convolution {

/// dx where the kernel turned round is no convolution of dy (stride), or has too few channels to fill tiles: what every
/// pixel of dy gives each (channel, tap), a product of matrices, is added where the tap has read, in the order of taps
/// within blocks of pixels.
template <class T>
class Scatter {
public:
  Scatter(const Window& window, const T* weights, const T* bias)
      : w_(window),
        by_rows_(window.out[2] <= most_pixels && window.kernel[2] <= tile_rows),
        layout_(window, 1, window.out[0], window.out[1], by_rows_ ? Lanes<T>::count : 1),
        block_pixels_(window.out[2] <= most_pixels ? most_pixels / window.out[2] * window.out[2] : most_pixels),
        pitch_((ceil_div(least(window.pixels(), block_pixels_), tile_width<T>) * 2 + 1) * Lanes<T>::count),
        blocks_(by_rows_ ? Blocks(window.depth() / window.kernel[2], tile_rows / window.kernel[2], window.kernel[2])
                         : Blocks(window.depth(), tile_rows)),
        taps_(window, layout_, pitch_),
        weights_(Weights<T>::taps(weights, window)),
        bias_(bias) {}

  void run(const T* dy, T* dx) {
    constexpr auto size = static_cast<extent>(sizeof(T));
    const extent depth = w_.depth();
    const extent weights_bytes = padded_bytes(Weights<T>::packed_size(w_) * size);
    const extent offsets_bytes = padded_bytes(depth * static_cast<extent>(sizeof(extent)));
    const extent layout_bytes = padded_bytes((layout_.size + Lanes<T>::count) * size);
    const extent products_bytes = padded_bytes((tile_rows * pitch_ + 2 * Lanes<T>::count) * size);
    const extent places_bytes = padded_bytes(w_.out[0] * w_.out[1] * static_cast<extent>(sizeof(extent)));
    const extent panel_bytes = padded_bytes(w_.results * tile_width<T> * size);
    const extent results_bytes = padded_bytes(w_.results * static_cast<extent>(sizeof(extent)));
    const extent rows_bytes = by_rows_ ? padded_bytes(taps_.bytes()) : 0;
    const extent shared_bytes = weights_bytes + offsets_bytes + places_bytes + results_bytes + rows_bytes;
    const Scratch shared(static_cast<std::size_t>(shared_bytes));
    weights_.pack(packed_ = shared.as<T>(), w_.groups, w_.results, 1, blocks_);
    std::byte* at = shared.data() + weights_bytes;
    layout_.offsets(w_, offsets_ = reinterpret_cast<extent*>(at));
    places_ = reinterpret_cast<extent*>(at += offsets_bytes);
    results_ = reinterpret_cast<extent*>(at += places_bytes);
    if (by_rows_) {
      taps_.make(at + results_bytes);
    }
    for (extent r = 0; r < w_.results; ++r) {
      results_[r] = r * w_.pixels(); // NOLINT(clang-analyzer-core.NullDereference): there is room for all of them
    }
    for (extent line = 0; line < w_.out[0] * w_.out[1]; ++line) {
      // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): there is room for all of them
      places_[line] = layout_.place(w_, 0, line / w_.out[1], line % w_.out[1], 0);
    }
    extent aligning = 0; // so that the first register of a line of dx is aligned
    for_runs(w_, layout_, [&](extent in_line, extent /*from*/, extent /*count*/) {
      aligning = in_line < layout_.phase ? (Lanes<T>::count - in_line % Lanes<T>::count) % Lanes<T>::count : aligning;
    });
    const auto pixels = static_cast<double>(w_.pixels());
    const Cost cost{2 * pixels * static_cast<double>(w_.results * depth),
                    pixels * static_cast<double>((w_.results + w_.channels) * size)};
    for_tiles(w_.batch * w_.groups, cost, [&](extent first, extent last) {
      const Scratch own(static_cast<std::size_t>(layout_bytes + products_bytes + panel_bytes));
      T* const planes = own.as<T>() + aligning;
      auto* const products = reinterpret_cast<T*>(own.data() + layout_bytes) + Lanes<T>::count;
      auto* const panel = reinterpret_cast<T*>(own.data() + layout_bytes + products_bytes);
      for (extent i = first; i < last; ++i) {
        const extent group = i % w_.groups;
        clear(planes, layout_.size);
        for (extent q = 0; q < w_.pixels(); q += block_pixels_) {
          const extent count = least(block_pixels_, w_.pixels() - q);
          add_block(packed_ + group * w_.results * depth, dy + i * w_.results * w_.pixels() + q, q, count, panel,
                    products, planes);
        }
        drain(planes, i / w_.groups, group, dx);
      }
    });
  }

private:
  static constexpr extent most_pixels = 1024; // of a block, whatever the registers: bits depend on it

  /// Adds what `count` pixels from `first` on give; `panel` has room for the last of them, as a tile reads them.
  void add_block(const T* weights, const T* dy, extent first, extent count, T* panel, T* products, T* planes) const {
    constexpr extent width = tile_width<T>;
    const extent row = w_.out[2];
    const extent whole = count / width * width;
    for (extent r = 0; whole < count && r < w_.results; ++r) {
      copy_run(panel + r * width, dy + results_[r] + whole, count - whole);
    }
    for (extent b = 0; b < blocks_.count; ++b) {
      const int rows = blocks_.size(b);
      const T* const a = weights + blocks_.first(b) * w_.results;
      for (extent q = 0; q < whole; q += width) {
        const Direct<T, 1> pixels{{dy + q, dy + q + width / 2}, results_};
        sum_rows<2>(rows, products + q, pitch_, a, pixels, w_.results, {});
      }
      if (whole < count && count - whole <= width / 2) {
        sum_rows<1>(rows, products + whole, pitch_, a, Packed<T>{panel}, w_.results, {});
      } else if (whole < count) {
        sum_rows<2>(rows, products + whole, pitch_, a, Packed<T>{panel}, w_.results, {});
      }
      if (by_rows_) {
        for (int r = 0; r < rows; r += static_cast<int>(w_.kernel[2])) {
          taps_.add(planes + offsets_[blocks_.first(b) + r], places_ + first / row, products + r * pitch_, count / row);
        }
        continue;
      }
      for (int r = 0; r < rows; ++r) {
        T* const tap = planes + offsets_[blocks_.first(b) + r];
        const T* const from = products + r * pitch_;
        extent x = first % row;
        for (extent at = 0, line = first / row; at < count; ++line, x = 0) {
          const extent run = least(count - at, row - x);
          add_lines(tap + x, places_ + line, from + at, 1, run);
          at += run;
        }
      }
    }
  }

  /// Writes what was added up to dx; what no tap has read gets the bias alone.
  void drain(const T* planes, extent image, extent group, T* dx) const {
    const extent plane = w_.plane();
    T* const to = dx + (image * w_.groups + group) * w_.channels * plane;
    const T* const bias = bias_ == nullptr ? nullptr : bias_ + group * w_.channels;
    bool all = true;
    for (int a = 0; a < 3; ++a) {
      all = all && Layout::covered(w_, a, w_.out[a]) - w_.pad[a] >= w_.in[a];
    }
    if (!all) {
      for (extent c = 0; c < w_.channels; ++c) {
        for (extent j = 0; j < plane; ++j) {
          to[c * plane + j] = bias == nullptr ? T(0) : bias[c];
        }
      }
    }
    const Strip whole{0, 1, {0, 0}, {w_.out[0], w_.out[1]}};
    const PhasePair pair(w_, layout_);
    const auto all_lines = [&](auto lines_of) {
      for_lines(w_, layout_, whole, [&](extent, extent c, extent place, extent target, extent lines) {
        lines_of(planes + place, to + c * plane + target, lines, bias == nullptr ? T(0) : bias[c]);
      });
    };
    if (pair.both > 0) {
      all_lines([&](const T* from, T* line, extent lines, T start) {
        merge_lines(line + pair.from[0], w_.in[2], from + pair.at[0], from + pair.at[1], layout_.line, lines, pair.both,
                    start);
      });
    }
    for_runs(w_, layout_, [&](extent at, extent into, extent count) {
      const extent stride = w_.stride[2];
      at += pair.both;
      into += pair.both * stride;
      if (count == pair.both) {
        return;
      }
      all_lines([&](const T* run, T* row, extent lines, T start) {
        run += at;
        row += into;
        for (extent y = 0; y < lines; ++y, run += layout_.line, row += w_.in[2]) {
          if (stride == 1) {
            CLEAVE_INDEPENDENT
            for (extent j = 0; j < count; ++j) {
              row[j] = start + run[j];
            }
          } else {
            for (extent j = 0; j < count - pair.both; ++j) {
              row[j * stride] = start + run[j];
            }
          }
        }
      });
    });
  }

  Window w_;
  bool by_rows_; ///< whether the taps of a row of the kernel are added together
  Layout layout_;
  extent block_pixels_;
  extent pitch_; ///< of the products of a tap
  Blocks blocks_;
  TapRow<T> taps_;
  Weights<T> weights_;
  const T* bias_;
  T* packed_ = nullptr;
  extent* offsets_ = nullptr; ///< of each tap in the layout,
  extent* places_ = nullptr;  ///< of each line,
  extent* results_ = nullptr; ///< and of each result in dy
};

} // namespace cleave::kernels::inline CLEAVE_ISA::convolution

namespace cleave::kernels::inline CLEAVE_KERNELS {

template <class T>
void convolve_data_gradient(std::byte* const* arenas, const KernelArguments& call) {
  using namespace convolution;
  const Window w(call);
  const T* const dy = call.operand<T>(arenas, 1);
  const T* const weights = call.operand<T>(arenas, 2);
  const T* const bias = (call.masks[0] & 1) != 0 ? call.operand<T>(arenas, 3) : nullptr;
  // The kernel turned round multiplies all of dx's pixels with all taps, and also with the padding of dy.
  const bool few_more = w.plane() * 5 <= w.pixels() * 7;
  const bool tiles = w.channels >= 6 || w.taps() == 1 || (w.channels == 1 && w.results == 1);
  if (product(w.stride) == 1 && few_more && tiles) {
    const Window turned = turned_round(w);
    correlate(turned, Weights<T>::turned(weights, turned), bias, dy, call.result<T>(arenas));
  } else {
    Scatter<T>(w, weights, bias).run(dy, call.result<T>(arenas));
  }
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS

CLEAVE_INSTANTIATE(convolve_data_gradient, float, double)
