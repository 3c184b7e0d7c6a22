// SPDX-License-Identifier: Apache-2.0
// Convolutions whose groups have one channel each: too little to sum for tiles of panels. Weights meet lines of pixels
// instead, a few lines at a time.
#pragma once

#include "convolve_dot.hpp"
#include "convolve_panels.hpp"
#include "convolve_strips.hpp"
#include "parallel.hpp"

#include <cleave/device/scratch.hpp>

namespace cleave::kernels::inline CLEAVE_ISA::convolution {

template <class T>
class Depthwise {
public:
  /// Planes of all images and groups are alike.
  Depthwise(const Window& window, const Weights<T>& weights, const T* bias)
      : w_(window), planes_(window), weights_(weights), bias_(bias) {
    planes_.batch = window.batch * window.groups;
    planes_.groups = 1;
    constexpr extent budget = (extent{24} << 10) / static_cast<extent>(sizeof(T));
    strips_ = Strips(planes_, budget);
    strips_.join(most(1, least(planes_.batch, budget / Layout(planes_, 1, planes_.out[0], planes_.out[1]).size)));
  }

  void run(const T* x, T* y) {
    const Layout layout = strips_.layout(planes_);
    const Scratch shared(static_cast<std::size_t>(w_.taps()) * sizeof(extent));
    auto* const offsets = shared.as<extent>();
    layout.offsets(planes_, offsets);
    const extent count = strips_.count(planes_);
    const double pixels = static_cast<double>(planes_.batch * w_.pixels()) / static_cast<double>(most(1, count));
    const Cost cost{2 * pixels * static_cast<double>(w_.results * w_.taps()),
                    pixels * static_cast<double>((w_.results + 1) * static_cast<extent>(sizeof(T)))};
    for_tiles(count, cost, [&](extent first, extent last) {
      const Scratch own(static_cast<std::size_t>(layout.size) * sizeof(T));
      T* const planes = own.as<T>();
      for (extent i = first; i < last; ++i) {
        const Strip strip = strips_.strip(planes_, i);
        if (i == first || strips_.parts() > 1) {
          clear(planes, layout.size);
        }
        fill(planes_, layout, strip, x, planes);
        for (extent plane = 0; plane < strip.images; ++plane) {
          for (extent r = 0; r < w_.results; ++r) {
            sum_plane(strip, layout, offsets, planes, plane, r, y);
          }
        }
      }
    });
  }

private:
  static constexpr int lines_at_once = 8;

  void sum_plane(const Strip& strip, const Layout& layout, const extent* offsets, const T* planes, extent plane,
                 extent r, T* y) const {
    const extent image = strip.image + plane;
    const extent group = image % w_.groups;
    const T start = bias_ == nullptr ? T(0) : bias_[group * w_.results + r];
    const T* const weights = weights_.at + group * weights_.group + r * weights_.result;
    const extent width = w_.out[2];
    for (extent z = 0; z < strip.count[0]; ++z) {
      for (extent line = 0; line < strip.count[1]; line += lines_at_once) {
        const int lines = static_cast<int>(least(lines_at_once, strip.count[1] - line));
        T* const to = y + (image * w_.results + r) * w_.pixels() +
                      ((strip.first[0] + z) * w_.out[1] + strip.first[1] + line) * width;
        const T* const from = planes + layout.place(planes_, plane, z, line, 0);
        for (extent next = 0; next < width; next += Lanes<T>::count) {
          const extent ox = most(0, least(next, width - Lanes<T>::count)); // the last may go over some pixels again
          sum_lines(lines, to + ox, least(Lanes<T>::count, width), from + ox, w_.stride[1] * layout.line, weights,
                    offsets, start);
        }
      }
    }
  }

  template <int Lines = lines_at_once>
  void sum_lines(int lines, T* to, extent count, const T* from, extent step, const T* weights, const extent* offsets,
                 T start) const {
    if constexpr (Lines > 1) {
      if (lines < Lines) {
        return sum_lines<Lines - 1>(lines, to, count, from, step, weights, offsets, start);
      }
    }
    Vector<T> sums[Lines];
#pragma GCC unroll 8
    for (int l = 0; l < Lines; ++l) {
      sums[l] = Vector<T>{} + start;
    }
    const extent taps = w_.taps();
    for (extent t = 0; t < taps; ++t) {
      const T weight = weights[t * weights_.tap];
      const T* const tap = from + offsets[t];
#pragma GCC unroll 8
      for (int l = 0; l < Lines; ++l) {
        sums[l] += weight * load(tap + l * step);
      }
    }
#pragma GCC unroll 8
    for (int l = 0; l < Lines; ++l) {
      if (count == Lanes<T>::count) {
        store(to + l * w_.out[2], sums[l]);
      } else {
        T full[Lanes<T>::count];
        store(full, sums[l]);
        copy_run(to + l * w_.out[2], full, count);
      }
    }
  }

  Window w_;
  Window planes_;
  Strips strips_;
  Weights<T> weights_;
  const T* bias_;
};

/// Their weight gradient: lines of dy times lines of x, by position along the line modulo dot_lanes.
template <class T>
class DepthwiseSums {
public:
  explicit DepthwiseSums(const Window& window)
      : w_(window),
        layout_(window, 1, window.out[0], window.out[1]),
        tiles_(window.taps(), most_taps),
        pitch_(ceil_div(window.out[2], lanes) * lanes) {}

  /// Adds up rows [row, row + rows) for groups [first, last): `out` is [group][result][tap] of these.
  void sum(extent first, extent last, extent row, extent rows, const T* x, const T* dy, T* out,
           std::byte* memory) const {
    auto* const offsets = reinterpret_cast<extent*>(memory);
    auto* const sums = reinterpret_cast<T*>(memory + offsets_bytes());
    const extent each = w_.taps() * w_.results * lanes;
    T* const planes = sums + w_.groups * each;
    T* const lines = planes + ceil_div(layout_.size, lanes) * lanes;
    layout_.offsets(w_, offsets);
    clear(planes, layout_.size);
    clear(lines, pitch_ * w_.out[0] * w_.out[1]);
    clear(sums, (last - first) * each);
    const extent pixels = w_.pixels();
    for (extent image = row; image < row + rows; ++image) { // outside, as x and dy lie in memory
      for (extent group = first; group < last; ++group) {
        const Strip strip{image, 1, {0, 0}, {w_.out[0], w_.out[1]}};
        fill(w_, layout_, strip, x + group * w_.plane(), planes);
        for (extent r = 0; r < w_.results; ++r) {
          copy_lines(lines, pitch_, dy + ((image * w_.groups + group) * w_.results + r) * pixels, w_.out[2],
                     w_.out[0] * w_.out[1], w_.out[2], extent{1});
          for (extent tile = 0; tile < tiles_.count; ++tile) {
            const extent t = tiles_.first(tile);
            add_taps(tiles_.size(tile), planes, offsets + t, lines,
                     sums + (group - first) * each + (r * w_.taps() + t) * lanes);
          }
        }
      }
    }
    for (T* sum = sums; sum < sums + (last - first) * each; sum += lanes) {
      for (int half = lanes / 2; half > 0; half /= 2) {
        for (int lane = 0; lane < half; ++lane) {
          sum[lane] += sum[lane + half];
        }
      }
      *out++ = sum[0];
    }
  }

  [[nodiscard]] extent bytes() const {
    const extent elements = w_.groups * w_.taps() * w_.results * lanes + ceil_div(layout_.size, lanes) * lanes +
                            pitch_ * w_.out[0] * w_.out[1];
    return offsets_bytes() + elements * static_cast<extent>(sizeof(T));
  }

private:
  static constexpr int most_taps = 8;
  static constexpr int lanes = dot_lanes<T>;

  [[nodiscard]] extent offsets_bytes() const {
    return ceil_div(w_.taps() * static_cast<extent>(sizeof(extent)), 64) * 64;
  }

  template <int Taps = most_taps>
  void add_taps(int taps, const T* planes, const extent* offsets, const T* lines, T* sums) const {
    if constexpr (Taps > 1) {
      if (taps < Taps) {
        return add_taps<Taps - 1>(taps, planes, offsets, lines, sums);
      }
    }
    for (int s = 0; s < lanes; s += Lanes<T>::count) {
      Vector<T> total[Taps];
#pragma GCC unroll 8
      for (int t = 0; t < Taps; ++t) {
        total[t] = load(sums + t * lanes + s);
      }
      const T* line = lines;
      for (extent z = 0; z < w_.out[0]; ++z) {
        for (extent y = 0; y < w_.out[1]; ++y, line += pitch_) {
          const T* const from = planes + layout_.place(w_, 0, z, y, 0);
          for (extent x = s; x < pitch_; x += lanes) {
            const Vector<T> result = load(line + x);
#pragma GCC unroll 8
            for (int t = 0; t < Taps; ++t) {
              total[t] += result * load(from + offsets[t] + x);
            }
          }
        }
      }
#pragma GCC unroll 8
      for (int t = 0; t < Taps; ++t) {
        store(sums + t * lanes + s, total[t]);
      }
    }
  }

  Window w_;
  Layout layout_;
  Blocks tiles_; ///< of taps
  extent pitch_;
};

} // namespace cleave::kernels::inline CLEAVE_ISA::convolution
