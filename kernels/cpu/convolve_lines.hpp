// SPDX-License-Identifier: Apache-2.0
// Lines of the input on their way into a layout and out of it.
#pragma once

#include "convolve_window.hpp"
#include "move_run.hpp"

#include <cstring>
#include <utility>

namespace cleave::kernels::inline CLEAVE_ISA::convolution {

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

/// `lines` runs of `count` elements, `stride` apart where they are read.
template <class T>
void copy_lines(T* to, extent to_step, const T* from, extent from_step, extent lines, extent count, extent stride) {
  if (stride == 1) {
    constexpr auto size = static_cast<extent>(sizeof(T));
    moves::copy_runs(reinterpret_cast<std::byte*>(to), reinterpret_cast<const std::byte*>(from),
                     {lines, to_step * size, from_step * size, count * size});
    return;
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
