// SPDX-License-Identifier: Apache-2.0
// Convolutions whose groups have one channel each: too little to sum for tiles of panels. Weights meet lines of pixels
// instead, a few lines at a time.
#pragma once

#include "convolve_panels.hpp"
#include "convolve_strips.hpp"
#include "parallel.hpp"

#include <cleave/device/scratch.hpp>

namespace cleave::kernels::inline CLEAVE_ISA::convolution {

template <int Shift, class V, std::size_t... Lane>
V lanes_behind(const V& a, const V& b, std::index_sequence<Lane...> /*lanes*/) {
  return __builtin_shufflevector(a, b, (static_cast<int>(Lane) + Shift)...);
}
/// One register from `Shift` elements behind an aligned place on. Where registers are as wide as the lines of the
/// cache, nearly all of these would lie in two lines.
template <int Shift, class T>
Vector<T> load_behind(const T* from) {
  if constexpr (register_bytes == 64) {
    constexpr int lanes = Lanes<T>::count;
    return lanes_behind<Shift>(load(from), load(from + lanes), std::make_index_sequence<lanes>{});
  } else {
    return load(from + Shift);
  }
}

/// Whether lines have three taps each, which read neighbours, and so have columns.
inline bool has_threes(const Window& w) {
  bool has = true;
  for (int a = 1; a < 3; ++a) {
    has = has && w.kernel[a] == 3 && w.stride[a] == 1 && w.dilation[a] == 1;
  }
  return has;
}

template <class T>
class Depthwise {
public:
  /// Planes of all images and groups are alike.
  Depthwise(const Window& window, const Weights<T>& weights, const T* bias)
      : w_(window),
        planes_(window),
        weights_(weights),
        bias_(bias),
        threes_(register_count == 32 && has_threes(window)) {
    planes_.batch = window.batch * window.groups;
    planes_.groups = 1;
    constexpr extent budget = (extent{24} << 10) / static_cast<extent>(sizeof(T));
    strips_ = Strips(planes_, budget, threes_ ? Lanes<T>::count : 1);
    strips_.join(most(1, least(planes_.batch, budget / strips_.layout(planes_).size)));
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
  static constexpr int few_lines = 4;

  void sum_plane(const Strip& strip, const Layout& layout, const extent* offsets, const T* planes, extent plane,
                 extent r, T* y) const {
    const extent image = strip.image + plane;
    const extent group = image % w_.groups;
    const T start = bias_ == nullptr ? T(0) : bias_[group * w_.results + r];
    const T* const weights = weights_.at + group * weights_.group + r * weights_.result;
    const extent width = w_.out[2];
    for (extent z = 0; z < strip.count[0]; ++z) {
      for (extent line = 0; line < strip.count[1];) {
        extent lines = least(lines_at_once, strip.count[1] - line);
        extent first = line;
        if (threes_ && lines < lines_at_once && strip.count[1] >= few_lines) {
          first = least(line, strip.count[1] - few_lines); // the last may go over some lines again
          lines = few_lines;
        }
        T* const to = y + (image * w_.results + r) * w_.pixels() +
                      ((strip.first[0] + z) * w_.out[1] + strip.first[1] + first) * width;
        const T* const from = planes + layout.place(planes_, plane, z, first, 0);
        const extent step = w_.stride[1] * layout.line;
        for (extent next = 0; next < width; next += Lanes<T>::count) {
          // Aligned registers, or the last goes over some pixels again.
          const extent ox = threes_ ? next : most(0, least(next, width - Lanes<T>::count));
          const extent count = least(Lanes<T>::count, width - ox);
          if (threes_ && lines == lines_at_once) {
            sum_threes<lines_at_once>(to + ox, count, from + ox, step, weights, offsets, start);
          } else if (threes_ && lines == few_lines) {
            sum_threes<few_lines>(to + ox, count, from + ox, step, weights, offsets, start);
          } else {
            sum_lines(static_cast<int>(lines), to + ox, count, from + ox, step, weights, offsets, start);
          }
        }
        line = first + lines;
      }
    }
  }

  /// Planes of a kernel of 3 x 3 each, with stride 1 from line to line: what is read of a line is added to all lines of
  /// the result that it meets.
  template <int Lines>
  void sum_threes(T* to, extent count, const T* from, extent step, const T* weights, const extent* offsets,
                  T start) const {
    Vector<T> sums[Lines];
#pragma GCC unroll 8
    for (int l = 0; l < Lines; ++l) {
      sums[l] = Vector<T>{} + start;
    }
    const extent taps = w_.taps();
    for (extent t = 0; t < taps; t += 9) {
      T weight[9];
#pragma GCC unroll 9
      for (int i = 0; i < 9; ++i) {
        weight[i] = weights[(t + i) * weights_.tap];
      }
      const T* line = from + offsets[t];
#pragma GCC unroll 10
      for (int l = 0; l < Lines + 2; ++l, line += step) {
        const Vector<T> x[3] = {load(line), load_behind<1>(line), load_behind<2>(line)};
#pragma GCC unroll 3
        for (int ky = 2; ky >= 0; --ky) {
          if (l - ky >= 0 && l - ky < Lines) {
#pragma GCC unroll 3
            for (int kx = 0; kx < 3; ++kx) {
              sums[l - ky] += weight[3 * ky + kx] * x[kx];
            }
          }
        }
      }
    }
    write<Lines>(sums, to, count);
  }

  template <int Lines>
  void write(const Vector<T>* sums, T* to, extent count) const {
#pragma GCC unroll 8
    for (int l = 0; l < Lines; ++l) {
      if (count == Lanes<T>::count) {
        store(to + l * w_.out[2], sums[l]);
      } else {
        FirstLanes<T>(count).store(to + l * w_.out[2], sums[l]);
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
    write<Lines>(sums, to, count);
  }

  Window w_;
  Window planes_;
  Strips strips_;
  Weights<T> weights_;
  const T* bias_;
  bool threes_; ///< where registers hold all weights
};

} // namespace cleave::kernels::inline CLEAVE_ISA::convolution
