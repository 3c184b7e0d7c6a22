// SPDX-License-Identifier: Apache-2.0
// Weight gradients of convolutions whose groups have one channel each.
#pragma once

#include "convolve_depthwise.hpp"
#include "convolve_dot.hpp"

namespace cleave::kernels::inline CLEAVE_ISA::convolution {

/// Lines of dy times lines of x, by position along the line modulo dot_lanes.
template <class T>
class DepthwiseSums {
public:
  explicit DepthwiseSums(const Window& window)
      : w_(window),
        threes_(has_threes(window)),
        layout_(window, 1, window.out[0], window.out[1], threes_ ? Lanes<T>::count : 1),
        tiles_(threes_ ? Blocks(window.kernel[0], 1, 9) : Blocks(window.taps(), most_taps)),
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
            T* const to = sums + (group - first) * each + (r * w_.taps() + t) * lanes;
            if (threes_) {
              add_threes(planes + offsets[t], lines, to);
            } else {
              add_taps(tiles_.size(tile), planes, offsets + t, lines, to);
            }
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

  /// Nine taps: what is read of a line of x meets three lines of dy.
  void add_threes(const T* planes, const T* lines, T* sums) const {
    const extent count = w_.out[1];
    for (extent z = 0; z < w_.out[0]; ++z, lines += count * pitch_) {
      const T* const from = planes + layout_.place(w_, 0, z, 0, 0);
      for (extent l = 0; l < 2; ++l) {
        add_edge(from, lines, l, sums);
      }
      add_middle(from, lines, sums);
      for (extent l = most(2, count); l < count + 2; ++l) {
        add_edge(from, lines, l, sums);
      }
    }
  }
  /// The lines of x that meet three of dy.
  void add_middle(const T* from, const T* lines, T* sums) const {
    const extent line = layout_.line;
    for (int s = 0; s < lanes; s += Lanes<T>::count) {
      Vector<T> total[9];
#pragma GCC unroll 9
      for (int t = 0; t < 9; ++t) {
        total[t] = load(sums + t * lanes + s);
      }
      for (extent l = 2; l < w_.out[1]; ++l) {
        for (extent i = s; i < pitch_; i += lanes) {
          const T* const at = from + l * line + i;
          const Vector<T> x[3] = {load(at), load_behind<1>(at), load_behind<2>(at)};
#pragma GCC unroll 3
          for (int ky = 0; ky < 3; ++ky) {
            const Vector<T> result = load(lines + (l - ky) * pitch_ + i);
#pragma GCC unroll 3
            for (int kx = 0; kx < 3; ++kx) {
              total[3 * ky + kx] += result * x[kx];
            }
          }
        }
      }
#pragma GCC unroll 9
      for (int t = 0; t < 9; ++t) {
        store(sums + t * lanes + s, total[t]);
      }
    }
  }
  /// Line `l` of x, which does not meet three.
  void add_edge(const T* from, const T* lines, extent l, T* sums) const {
    for (extent ky = most(0, l - w_.out[1] + 1); ky <= least(2, l); ++ky) {
      for (extent kx = 0; kx < 3; ++kx) {
        T* const sum = sums + (3 * ky + kx) * lanes;
        for (int s = 0; s < lanes; s += Lanes<T>::count) {
          Vector<T> total = load(sum + s);
          for (extent i = s; i < pitch_; i += lanes) {
            total += load(lines + (l - ky) * pitch_ + i) * load(from + l * layout_.line + kx + i);
          }
          store(sum + s, total);
        }
      }
    }
  }

  Window w_;
  bool threes_;
  Layout layout_;
  Blocks tiles_; ///< of taps
  extent pitch_;
};

} // namespace cleave::kernels::inline CLEAVE_ISA::convolution
