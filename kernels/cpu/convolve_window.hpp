// SPDX-License-Identifier: Apache-2.0
// What a convolution is, and its input laid out so that every tap of the kernel reads runs of neighbours.
#pragma once

#include "vector.hpp"

#include <cleave/graph/kernel.hpp>

#include <cstring>
#include <utility>

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

/// Copies a short run of known place; neither end is crossed.
template <class T>
void copy_run(T* to, const T* from, extent count) {
  constexpr extent wide = Lanes<T>::count;
  if (count >= wide) {
    for (extent i = 0; i < count - wide; i += wide) {
      store(to + i, load(from + i));
    }
    store(to + count - wide, load(from + count - wide));
    return;
  }
  constexpr extent half = 16 / static_cast<extent>(sizeof(T));
  if (count >= half) {
    for (extent i = 0; i < count - half; i += half) {
      std::memcpy(to + i, from + i, 16);
    }
    std::memcpy(to + count - half, from + count - half, 16);
    return;
  }
  for (extent i = 0; i < count; ++i) {
    to[i] = from[i];
  }
}

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
    int found = 0;
    for_runs(w, layout, [&](extent in_line, extent in_input, extent elements) {
      at[found] = in_line;
      from[found] = in_input;
      count[found++] = elements;
    });
    if (from[1] < from[0]) {
      std::swap(at[0], at[1]);
      std::swap(from[0], from[1]);
    }
    both = from[1] - from[0] == 1 ? least(count[0], count[1]) : 0;
  }
};

template <class T, int Bytes, std::size_t... Lane>
[[gnu::always_inline]] inline void copy_every_second(T* to, const T* from, std::index_sequence<Lane...> /*lanes*/) {
  using Run [[gnu::vector_size(Bytes)]] = T;
  constexpr int lanes = static_cast<int>(sizeof...(Lane));
  Run a;
  Run b;
  std::memcpy(&a, from, Bytes);
  std::memcpy(&b, from + lanes - 1, Bytes); // nothing behind the last element is read
  a = __builtin_shufflevector(
      a, b, (static_cast<int>(Lane) * 2 < lanes ? static_cast<int>(Lane) * 2 : static_cast<int>(Lane) * 2 + 1)...);
  std::memcpy(to, &a, Bytes);
}
/// to[j] = from[2 j].
template <int Bytes, class T>
void copy_every_second(T* to, const T* from, extent count) {
  constexpr extent lanes = Bytes / static_cast<extent>(sizeof(T));
  if constexpr (lanes == 1) {
    to[0] = from[0];
  } else if (count < lanes) {
    copy_every_second<Bytes / 2>(to, from, count);
  } else {
    using Indices = std::make_index_sequence<lanes>;
    for (extent j = 0; j < count - lanes; j += lanes) {
      copy_every_second<T, Bytes>(to + j, from + 2 * j, Indices{});
    }
    copy_every_second<T, Bytes>(to + count - lanes, from + 2 * (count - lanes), Indices{});
  }
}

template <class T, int Bytes>
void copy_lines(T* to, extent to_step, const T* from, extent from_step, extent lines) {
  for (extent y = 0; y < lines; ++y, to += to_step, from += from_step) {
    std::memcpy(to, from, Bytes);
  }
}

/// Lines that two parts of `Bytes` bytes make up, which may overlap, or longer ones.
template <class T, int Bytes = register_bytes>
void copy_parts(T* to, extent to_step, const T* from, extent from_step, extent lines, extent count) {
  constexpr extent part = Bytes / static_cast<extent>(sizeof(T));
  if constexpr (Bytes > 16) {
    if (count < part) {
      return copy_parts<T, Bytes / 2>(to, to_step, from, from_step, lines, count);
    }
  }
  if (count < part || count > 2 * part) {
    for (extent y = 0; y < lines; ++y, to += to_step, from += from_step) {
      copy_run(to, from, count);
    }
    return;
  }
  copy_lines<T, Bytes>(to, to_step, from, from_step, lines);
  copy_lines<T, Bytes>(to + count - part, to_step, from + count - part, from_step, lines);
}

/// `lines` runs of `count` elements, `stride` apart where they are read.
template <class T>
void copy_lines(T* to, extent to_step, const T* from, extent from_step, extent lines, extent count, extent stride) {
  if (stride == 1) {
    switch (count * static_cast<extent>(sizeof(T))) {
    case 32:
      return copy_lines<T, 32>(to, to_step, from, from_step, lines);
    case 64:
      return copy_lines<T, 64>(to, to_step, from, from_step, lines);
    case 128:
      return copy_lines<T, 128>(to, to_step, from, from_step, lines);
    default:
      return copy_parts(to, to_step, from, from_step, lines, count);
    }
  }
  for (extent y = 0; y < lines; ++y, to += to_step, from += from_step) {
    if (stride == 2) {
      copy_every_second<register_bytes>(to, from, count);
      continue;
    }
    for (extent j = 0; j < count; ++j) {
      to[j] = from[j * stride];
    }
  }
}

template <int Bytes, class T, std::size_t... Lane>
void split_lines(T* even, T* odd, extent to_step, const T* from, extent from_step, extent lines, extent count,
                 std::index_sequence<Lane...> /*lanes*/) {
  using Run [[gnu::vector_size(Bytes)]] = T;
  constexpr auto lanes = static_cast<extent>(sizeof...(Lane));
  for (extent y = 0; y < lines; ++y, even += to_step, odd += to_step, from += from_step) {
    for (extent next = 0; next < count; next += lanes) {
      const extent j = least(next, count - lanes); // the last go over some again
      Run a;
      Run b;
      std::memcpy(&a, from + 2 * j, Bytes);
      std::memcpy(&b, from + 2 * j + lanes, Bytes);
      const Run of_even = __builtin_shufflevector(a, b, (2 * static_cast<int>(Lane))...);
      const Run of_odd = __builtin_shufflevector(a, b, (2 * static_cast<int>(Lane) + 1)...);
      std::memcpy(even + j, &of_even, Bytes);
      std::memcpy(odd + j, &of_odd, Bytes);
    }
  }
}
/// even[j] = from[2 j], odd[j] = from[2 j + 1] in each of `lines` lines.
template <class T, int Bytes = register_bytes>
void split_lines(T* even, T* odd, extent to_step, const T* from, extent from_step, extent lines, extent count) {
  constexpr extent lanes = Bytes / static_cast<extent>(sizeof(T));
  if constexpr (lanes > 1) {
    if (count >= lanes) {
      return split_lines<Bytes>(even, odd, to_step, from, from_step, lines, count, std::make_index_sequence<lanes>{});
    }
    return split_lines<T, Bytes / 2>(even, odd, to_step, from, from_step, lines, count);
  } else {
    copy_lines(even, to_step, from, from_step, lines, 1, 1);
    copy_lines(odd, to_step, from + 1, from_step, lines, 1, 1);
  }
}

template <int Bytes, class T, std::size_t... Lane>
void merge_lines(T* to, extent to_step, const T* even, const T* odd, extent from_step, extent lines, extent count,
                 T start, std::index_sequence<Lane...> /*lanes*/) {
  using Run [[gnu::vector_size(Bytes)]] = T;
  constexpr auto lanes = static_cast<int>(sizeof...(Lane));
  constexpr auto place = [](int lane) { return lane / 2 + lane % 2 * lanes; };
  for (extent y = 0; y < lines; ++y, to += to_step, even += from_step, odd += from_step) {
    for (extent next = 0; next < count; next += lanes) {
      const extent j = least(next, count - lanes); // the last go over some again
      Run a;
      Run b;
      std::memcpy(&a, even + j, Bytes);
      std::memcpy(&b, odd + j, Bytes);
      const Run low = start + __builtin_shufflevector(a, b, place(static_cast<int>(Lane))...);
      const Run high = start + __builtin_shufflevector(a, b, place(static_cast<int>(Lane) + lanes)...);
      std::memcpy(to + 2 * j, &low, Bytes);
      std::memcpy(to + 2 * j + lanes, &high, Bytes);
    }
  }
}
/// to[2 j] = start + even[j], to[2 j + 1] = start + odd[j] in each of `lines` lines.
template <class T, int Bytes = register_bytes>
void merge_lines(T* to, extent to_step, const T* even, const T* odd, extent from_step, extent lines, extent count,
                 T start) {
  constexpr extent lanes = Bytes / static_cast<extent>(sizeof(T));
  if constexpr (lanes > 1) {
    if (count >= lanes) {
      return merge_lines<Bytes>(to, to_step, even, odd, from_step, lines, count, start,
                                std::make_index_sequence<lanes>{});
    }
    return merge_lines<T, Bytes / 2>(to, to_step, even, odd, from_step, lines, count, start);
  } else {
    for (extent y = 0; y < lines; ++y, to += to_step, even += from_step, odd += from_step) {
      to[0] = start + even[0];
      to[1] = start + odd[0];
    }
  }
}

/// Fills the layout from a group's input; padding is zero already.
template <class T>
void fill(const Window& w, const Layout& layout, const Strip& strip, const T* x, T* to) {
  const auto copy = [&](auto lines_of) {
    for_lines(w, layout, strip, [&](extent i, extent c, extent place, extent source, extent lines) {
      lines_of(to + place, x + ((strip.image + i) * w.groups * w.channels + c) * w.plane() + source, lines);
    });
  };
  const PhasePair pair(w, layout);
  if (pair.both > 0) {
    copy([&](T* line, const T* source, extent lines) {
      split_lines(line + pair.at[0], line + pair.at[1], layout.line, source + pair.from[0], w.in[2], lines, pair.both);
    });
  }
  for_runs(w, layout, [&](extent at, extent from, extent count) {
    if (count > pair.both) {
      copy([&](T* line, const T* source, extent lines) {
        copy_lines(line + at + pair.both, layout.line, source + from + pair.both * w.stride[2], w.in[2], lines,
                   count - pair.both, w.stride[2]);
      });
    }
  });
}

template <class T, int Bytes>
void add_whole_lines(T* to, const extent* places, const T* from, extent lines) {
  using Line [[gnu::vector_size(Bytes)]] = T;
  for (extent y = 0; y < lines; ++y, from += Bytes / static_cast<extent>(sizeof(T))) {
    Line a;
    Line b;
    std::memcpy(&a, to + places[y], Bytes);
    std::memcpy(&b, from, Bytes);
    a += b;
    std::memcpy(to + places[y], &a, Bytes);
  }
}

/// Adds lines of `count` elements, one behind another, each in its place.
template <class T>
void add_lines(T* to, const extent* places, const T* from, extent lines, extent count) {
  constexpr extent lanes = Lanes<T>::count;
  if (count * static_cast<extent>(sizeof(T)) == register_bytes / 2) {
    return add_whole_lines<T, register_bytes / 2>(to, places, from, lines);
  }
  for (extent y = 0; y < lines; ++y, from += count) {
    T* const line = to + places[y];
    extent i = 0;
    for (; i + lanes <= count; i += lanes) {
      store(line + i, load(line + i) + load(from + i));
    }
    CLEAVE_INDEPENDENT
    for (; i < count; ++i) {
      line[i] += from[i];
    }
  }
}

template <class T>
void clear(T* to, extent count) {
  std::memset(static_cast<void*>(to), 0, static_cast<std::size_t>(count) * sizeof(T));
}

} // namespace cleave::kernels::inline CLEAVE_ISA::convolution
