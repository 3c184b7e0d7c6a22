// SPDX-License-Identifier: Apache-2.0
// What a convolution is, and its input laid out so that every tap of the kernel reads runs of neighbours.
#pragma once

#include "vector.hpp"

#include <cleave/graph/kernel.hpp>

namespace cleave::kernels::inline CLEAVE_ISA::convolution {

constexpr extent least(extent a, extent b) { return a < b ? a : b; }
constexpr extent most(extent a, extent b) { return a > b ? a : b; }
constexpr extent ceil_div(extent a, extent b) { return (a + b - 1) / b; }
constexpr extent product(const extent (&of)[3]) { return of[0] * of[1] * of[2]; }

/// The numbers of a convolution; channels and results are those of one group. A pad may be negative (of a gradient).
struct Window {
  extent batch = 1;
  extent channels = 1;
  extent results = 1;
  extent groups = 1;
  extent in[3] = {1, 1, 1};
  extent kernel[3] = {1, 1, 1};
  extent stride[3] = {1, 1, 1};
  extent pad[3] = {0, 0, 0};
  extent dilation[3] = {1, 1, 1};
  extent out[3] = {1, 1, 1};

  Window() = default;
  explicit Window(const KernelArguments& call)
      : batch(call.sizes[0]),
        channels(call.sizes[1] / call.sizes[3]),
        results(call.sizes[2] / call.sizes[3]),
        groups(call.sizes[3]) {
    for (int a = 0; a < 3; ++a) {
      in[a] = call.sizes[4 + a];
      kernel[a] = call.sizes[7 + a];
      stride[a] = call.sizes[10 + a];
      pad[a] = call.sizes[13 + a];
      dilation[a] = call.sizes[16 + a];
      out[a] = (in[a] + 2 * pad[a] - dilation[a] * (kernel[a] - 1) - 1) / stride[a] + 1;
    }
    // Axes that a 1x1 convolution does not tell apart are one long axis.
    for (int a = 2; a > 0 && plain(a) && plain(a - 1); --a) {
      in[2] *= in[a - 1];
      in[a - 1] = 1;
      out[2] *= out[a - 1];
      out[a - 1] = 1;
    }
  }

  [[nodiscard]] extent taps() const { return product(kernel); }
  [[nodiscard]] extent depth() const { return channels * taps(); }
  [[nodiscard]] extent plane() const { return product(in); }
  [[nodiscard]] extent pixels() const { return product(out); }

private:
  [[nodiscard]] bool plain(int a) const { return kernel[a] == 1 && stride[a] == 1 && pad[a] == 0; }
};

/// The convolution that computes the data gradient of one with stride 1: of dy, by the kernel turned round.
inline Window turned_round(Window w) {
  for (int a = 0; a < 3; ++a) {
    w.pad[a] = w.dilation[a] * (w.kernel[a] - 1) - w.pad[a];
    const extent in = w.in[a];
    w.in[a] = w.out[a];
    w.out[a] = in;
  }
  const extent channels = w.channels;
  w.channels = w.results;
  w.results = channels;
  return w;
}

/// Consecutive pixels of the result: all of `images` images, or of one image whole slices, or whole lines of a slice.
struct Strip {
  extent image;
  extent images;
  extent first[2]; ///< slice and line
  extent count[2];

  [[nodiscard]] extent pixels(const Window& w) const { return count[0] * count[1] * w.out[2]; } ///< in each image
  [[nodiscard]] extent first_pixel(const Window& w) const { return (first[0] * w.out[1] + first[1]) * w.out[2]; }
};

/// How the input of a strip lies in scratch: with its padding, and along the last axis apart by position modulo the
/// stride, so that a tap reads neighbours for neighbouring pixels; all images of a channel together.
struct Layout {
  extent phase;
  extent line;
  extent lines; ///< of a slice
  extent slices;
  extent image;
  extent channel;
  extent size; ///< with room for one register behind the end

  /// Lines begin a multiple of `even` apart.
  Layout(const Window& w, extent images, extent slice_count, extent line_count, extent even = 1)
      : phase(ceil_div(covered(w, 2, w.out[2]), w.stride[2])),
        line(ceil_div(phase * w.stride[2], even) * even),
        lines(covered(w, 1, line_count)),
        slices(covered(w, 0, slice_count)),
        image(slices * lines * line),
        channel((ceil_div(images * image, 16) | 1) * 16), // an odd number of cache lines, so that few share a set
        size(w.channels * channel + 64) {}

  /// The input itself, where it has no padding and neighbours are neighbours.
  explicit Layout(const Window& w)
      : phase(w.in[2]),
        line(w.in[2]),
        lines(w.in[1]),
        slices(w.in[0]),
        image(w.groups * w.channels * w.plane()),
        channel(w.plane()),
        size(0) {}

  /// Elements that `count` windows cover along an axis.
  static extent covered(const Window& w, int axis, extent count) {
    return (count - 1) * w.stride[axis] + (w.kernel[axis] - 1) * w.dilation[axis] + 1;
  }
  /// What is between a pixel's own place and what it reads through a tap of a channel.
  [[nodiscard]] extent offset(const Window& w, extent c, extent kz, extent ky, extent kx) const {
    const extent x = kx * w.dilation[2];
    return c * channel + (kz * w.dilation[0] * lines + ky * w.dilation[1]) * line + x % w.stride[2] * phase +
           x / w.stride[2];
  }
  void offsets(const Window& w, extent* to) const {
    for (extent c = 0; c < w.channels; ++c) {
      for (extent kz = 0; kz < w.kernel[0]; ++kz) {
        for (extent ky = 0; ky < w.kernel[1]; ++ky) {
          for (extent kx = 0; kx < w.kernel[2]; ++kx) {
            // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): there is room for all of them
            *to++ = offset(w, c, kz, ky, kx);
          }
        }
      }
    }
  }
  /// A pixel's place: (slice, line, column) of the strip.
  [[nodiscard]] extent place(const Window& w, extent image_index, extent z, extent y, extent x) const {
    return image_index * image + (z * w.stride[0] * lines + y * w.stride[1]) * line + x;
  }
  /// Of pixel q of a strip.
  [[nodiscard]] extent place_of(const Window& w, const Strip& strip, extent q) const {
    const extent each = strip.pixels(w);
    const extent y = q % each / w.out[2];
    return place(w, q / each, y / strip.count[1], y % strip.count[1], q % w.out[2]);
  }
};

/// Visits what a strip's layout has of the input, in blocks of lines: block(image, channel, first line in the layout,
/// first line in the input's channel, lines).
template <class Block>
void for_lines(const Window& w, const Layout& layout, const Strip& strip, Block block) {
  const extent z0 = strip.first[0] * w.stride[0] - w.pad[0];
  const extent y0 = strip.first[1] * w.stride[1] - w.pad[1];
  const extent z_first = most(0, -z0);
  const extent z_last = least(layout.slices, w.in[0] - z0);
  const extent y_first = most(0, -y0);
  const extent y_last = least(layout.lines, w.in[1] - y0);
  if (y_first >= y_last) {
    return;
  }
  for (extent i = 0; i < strip.images; ++i) {
    for (extent c = 0; c < w.channels; ++c) {
      for (extent z = z_first; z < z_last; ++z) {
        block(i, c, i * layout.image + c * layout.channel + (z * layout.lines + y_first) * layout.line,
              ((z0 + z) * w.in[1] + y0 + y_first) * w.in[2], y_last - y_first);
      }
    }
  }
}

/// The part of a line of the layout that lies inside the input, phase by phase: run(in the line, in the input, count);
/// neighbours there are `stride` apart in the input.
template <class Run>
void for_runs(const Window& w, const Layout& layout, Run run) {
  const extent stride = w.stride[2];
  for (extent f = 0; f < stride; ++f) {
    const extent x = f - w.pad[2];
    const extent first = x < 0 ? ceil_div(-x, stride) : 0;
    const extent last = least(layout.phase, x < w.in[2] ? ceil_div(w.in[2] - x, stride) : 0);
    if (first < last) {
      run(f * layout.phase + first, x + first * stride, last - first);
    }
  }
}

/// The two phases of a stride of 2, as far as they go together.
struct PhasePair {
  extent at[2] = {};   ///< in the line, of even and odd elements counted from from[0]
  extent from[2] = {}; ///< in the input
  extent both = 0;     ///< elements of each

  PhasePair(const Window& w, const Layout& layout) {
    if (w.stride[2] != 2) {
      return;
    }
    extent count[2] = {};
    // Phase 0 holds odd elements where the padding is odd.
    const extent odd = (w.pad[2] % 2 + 2) % 2;
    for_runs(w, layout, [&](extent in_line, extent in_input, extent elements) {
      const extent phase = in_line / layout.phase;
      const extent i = phase == odd ? 0 : 1;
      at[i] = in_line;
      from[i] = in_input;
      count[i] = elements;
    });
    both = from[1] - from[0] == 1 ? least(count[0], count[1]) : 0;
  }
};

} // namespace cleave::kernels::inline CLEAVE_ISA::convolution
