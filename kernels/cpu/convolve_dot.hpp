// SPDX-License-Identifier: Apache-2.0
// Tiles of sums over pixels: every result with every tap, as inner products of runs of pixels.
#pragma once

#include "convolve_tile.hpp"

#include <utility>

namespace cleave::kernels::inline CLEAVE_ISA::convolution {

/// Partial sums of one inner product: position modulo this; whatever the registers, since bits depend on it.
template <class T>
inline constexpr int dot_lanes = 64 / static_cast<int>(sizeof(T));
/// A tile: sums, its taps and one result.
inline constexpr int dot_rows = register_count == 32 ? 4 : 2;
inline constexpr int dot_taps = register_count == 32 ? 6 : 5;
/// Numbers a tile gives, with room to store whole registers: [rows][taps].
template <class T>
inline constexpr int dot_slots = (dot_rows * dot_taps + Lanes<T>::count - 1) / Lanes<T>::count * Lanes<T>::count;

/// Halves of segments: of a and b, both made of segments of Step * 2 lanes, the first or second Step of each segment.
template <class T, int Step, int Half, std::size_t... Lane>
Vector<T> halves(const Vector<T>& a, const Vector<T>& b, std::index_sequence<Lane...> /*lanes*/) {
  constexpr auto from = [](int lane) { return lane / Step * 2 * Step + lane % Step + Half * Step; };
  return __builtin_shufflevector(a, b, from(static_cast<int>(Lane))...);
}

/// Sums of the lanes of `count` registers, in their order, in the first ceil(count / lanes) of them. Neighbours half a
/// register apart are added first.
template <class T, int Count, int Step = Lanes<T>::count / 2>
[[gnu::always_inline]] inline void fold_lanes(Vector<T>* sums) {
  using Indices = std::make_index_sequence<Lanes<T>::count>;
  constexpr int pairs = (Count + 1) / 2;
#pragma GCC unroll 16
  for (int i = 0; i < pairs; ++i) {
    const auto pair = static_cast<std::size_t>(i) * 2;
    const Vector<T> a = sums[pair];
    const Vector<T> b = 2 * i + 1 < Count ? sums[pair + 1] : Vector<T>{};
    sums[i] = halves<T, Step, 0>(a, b, Indices{}) + halves<T, Step, 1>(a, b, Indices{});
  }
  if constexpr (Step > 1) {
    fold_lanes<T, pairs, Step / 2>(sums);
  }
}

/// Two runs of half a group of pixels each.
template <class T>
inline constexpr extent dot_half = dot_lanes<T> / 2;

/// One operand of inner products: its rows, and where the groups of pixels lie in each.
template <class T>
struct DotResults {
  const T* at;
  extent row;         ///< from one row to the next
  const extent* from; ///< of each group
};
template <class T>
struct DotTaps {
  const T* at;
  const extent* offset; ///< of each tap
  const extent* from;   ///< of both halves of each group
};

/// One register of a group: the slice `s` of it. Whole: the halves are neighbours.
template <class T, bool Whole>
[[gnu::always_inline]] inline Vector<T> load_slice(const T* tap, const extent* from, int s) {
  constexpr int lanes = Lanes<T>::count;
  if constexpr (lanes <= dot_half<T>) {
    constexpr int in_half = static_cast<int>(dot_half<T>) / lanes;
    return load(tap + from[s / in_half] + s % in_half * lanes);
  } else if constexpr (Whole) {
    return load(tap + from[0]);
  } else {
    return load_halves(tap + from[0], tap + from[1]);
  }
}

template <class T, std::size_t... Tap>
[[gnu::always_inline]] inline void add_products(Vector<T>* sums, const Vector<T>& a, const Vector<T>* b,
                                                std::index_sequence<Tap...> /*taps*/) {
  ((sums[Tap] += a * b[Tap]), ...);
}

/// out [rows][taps] += inner products of rows of a and taps of b, over `groups` groups of dot_lanes pixels.
template <bool Whole, int Taps, class T, std::size_t... Row>
void dot_tile(T* out, const DotResults<T>& a, const DotTaps<T>& b, extent groups,
              std::index_sequence<Row...> /*rows*/) {
  constexpr int count = static_cast<int>(sizeof...(Row)) * Taps;
  constexpr int lanes = Lanes<T>::count;
  constexpr int slices = dot_lanes<T> / lanes;
  using TapIndices = std::make_index_sequence<Taps>;
  Vector<T> total[slices][count];
  const T* taps[Taps];
  for (int t = 0; t < Taps; ++t) {
    taps[t] = b.at + b.offset[t];
  }
  for (int s = 0; s < slices; ++s) {
    Vector<T> sums[count] = {};
    const extent* b_from = b.from;
    for (extent g = 0; g < groups; ++g, b_from += 2) {
      const T* const x = a.at + a.from[g] + s * lanes;
      Vector<T> tap[Taps];
#pragma GCC unroll 8
      for (int t = 0; t < Taps; ++t) {
        tap[t] = load_slice<T, Whole>(taps[t], b_from, s);
      }
      (add_products<T>(sums + Row * Taps, load(x + static_cast<extent>(Row) * a.row), tap, TapIndices{}), ...);
    }
#pragma GCC unroll 32
    for (int i = 0; i < count; ++i) {
      total[s][i] = sums[i];
    }
  }
  // lanes half a group apart first, as inside registers
#pragma GCC unroll 4
  for (int half = slices / 2; half > 0; half /= 2) {
#pragma GCC unroll 4
    for (int s = 0; s < half; ++s) {
#pragma GCC unroll 32
      for (int i = 0; i < count; ++i) {
        total[s][i] += total[s + half][i];
      }
    }
  }
  fold_lanes<T, count>(total[0]);
#pragma GCC unroll 8
  for (int i = 0; i < (count + lanes - 1) / lanes; ++i) {
    store(out + i * lanes, load(out + i * lanes) + total[0][i]);
  }
}

template <bool Whole, int Taps, int Rows = dot_rows, class T>
void dot_rows_of(int rows, T* out, const DotResults<T>& a, const DotTaps<T>& b, extent groups) {
  if (rows == Rows) {
    dot_tile<Whole, Taps>(out, a, b, groups, std::make_index_sequence<Rows>{});
  } else if constexpr (Rows > 1) {
    dot_rows_of<Whole, Taps, Rows - 1>(rows, out, a, b, groups);
  }
}

/// The same for rows <= dot_rows and taps <= dot_taps.
template <bool Whole, int Taps = dot_taps, class T>
void add_dots(int rows, int taps, T* out, const DotResults<T>& a, const DotTaps<T>& b, extent groups) {
  if (taps == Taps) {
    dot_rows_of<Whole, Taps>(rows, out, a, b, groups);
  } else if constexpr (Taps > 1) {
    add_dots<Whole, Taps - 1>(rows, taps, out, a, b, groups);
  }
}

} // namespace cleave::kernels::inline CLEAVE_ISA::convolution
