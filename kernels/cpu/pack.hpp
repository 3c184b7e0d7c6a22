// SPDX-License-Identifier: Apache-2.0
// Copies of parts of matrices in the order in which a register tile reads them: one register's width of a panel, step
// by step along k. Elements of another type are converted.
#pragma once

#include "vector.hpp"

#include <type_traits>
#include <utility>

namespace cleave::kernels::inline CLEAVE_ISA {
namespace pack {

// Registers consist of lanes of 16 bytes, in which turning a square of elements takes shuffles within lanes only.
template <class T>
inline constexpr int square = 16 / static_cast<int>(sizeof(T));

template <class T, int Bytes>
struct Wide {
  using type [[gnu::vector_size(Bytes)]] = T;
};

template <class V, std::size_t... I>
[[gnu::always_inline]] inline auto join(const V& left, const V& right, std::index_sequence<I...> /*elements*/) {
  return __builtin_shufflevector(left, right, I...);
}

/// Elements from[p * stride] ... of `Bytes` bytes: a piece of 16 bytes from each of the rows 0, square, 2 square, ...
template <class T, int Bytes>
[[gnu::always_inline]] inline typename Wide<T, Bytes>::type gather(const T* const* rows, extent l) {
  typename Wide<T, Bytes>::type all;
  if constexpr (Bytes == 16) {
    std::memcpy(&all, rows[0] + l, sizeof all);
  } else {
    constexpr int half = Bytes / 2;
    all = join(gather<T, half>(rows, l), gather<T, half>(rows + half / 16 * square<T>, l),
               std::make_index_sequence<Bytes / sizeof(T)>{});
  }
  return all;
}

/// Of each lane of 16 bytes the first (or the second) halves of a and b, element by element in turn.
template <class T, bool Second, std::size_t... I>
[[gnu::always_inline]] inline Vector<T> interleave(const Vector<T>& a, const Vector<T>& b,
                                                   std::index_sequence<I...> /*elements*/) {
  constexpr std::size_t in_lane = square<T>;
  constexpr std::size_t from = Second ? in_lane / 2 : 0;
  return __builtin_shufflevector(
      a, b, (I / in_lane * in_lane + from + I % in_lane / 2 + (I % 2 == 0 ? 0 : Lanes<T>::count))...);
}
template <class T>
[[gnu::always_inline]] inline Vector<T> low(const Vector<T>& a, const Vector<T>& b) {
  return interleave<T, false>(a, b, std::make_index_sequence<Lanes<T>::count>{});
}
template <class T>
[[gnu::always_inline]] inline Vector<T> high(const Vector<T>& a, const Vector<T>& b) {
  return interleave<T, true>(a, b, std::make_index_sequence<Lanes<T>::count>{});
}

} // namespace pack

/// to[l * to_row + j] = from[l * from_row + j] for l < depth, j < columns <= Lanes<T>::count. Writes whole registers:
/// what lies behind the columns is undefined, and a smaller to_row is filled in the order of l.
template <class T, class From>
void pack_rows(T* to, extent to_row, const From* from, extent from_row, extent columns, extent depth) {
  if constexpr (std::is_same_v<T, From>) {
    const FirstLanes<T> part(columns);
    for (extent l = 0; l < depth; ++l) {
      store(to + l * to_row, columns == Lanes<T>::count ? load(from + l * from_row) : part.load(from + l * from_row));
    }
  } else {
    for (extent l = 0; l < depth; ++l) {
      for (extent j = 0; j < columns; ++j) {
        to[l * to_row + j] = static_cast<T>(from[l * from_row + j]);
      }
    }
  }
}

/// The same of a transposed matrix: to[l * to_row + j] = from[j * from_row + l].
template <class T, class From>
void pack_turned(T* to, extent to_row, const From* from, extent from_row, extent columns, extent depth) {
  constexpr int lanes = Lanes<T>::count;
  extent l = 0;
  if constexpr (std::is_same_v<T, From>) {
    constexpr int square = pack::square<T>;
    const T* rows[lanes]; // behind the last column: the last one again
    for (extent j = 0; j < lanes; ++j) {
      rows[j] = from + (j < columns ? j : columns - 1) * from_row;
    }
    for (; l + square <= depth; l += square) {
      Vector<T> in[square];
      for (int i = 0; i < square; ++i) {
        in[i] = pack::gather<T, register_bytes>(rows + i, l);
      }
      T* const at = to + l * to_row;
      if constexpr (square == 4) {
        const Vector<T> even_low = pack::low<T>(in[0], in[2]);
        const Vector<T> odd_low = pack::low<T>(in[1], in[3]);
        const Vector<T> even_high = pack::high<T>(in[0], in[2]);
        const Vector<T> odd_high = pack::high<T>(in[1], in[3]);
        store(at, pack::low<T>(even_low, odd_low));
        store(at + to_row, pack::high<T>(even_low, odd_low));
        store(at + 2 * to_row, pack::low<T>(even_high, odd_high));
        store(at + 3 * to_row, pack::high<T>(even_high, odd_high));
      } else {
        store(at, pack::low<T>(in[0], in[1]));
        store(at + to_row, pack::high<T>(in[0], in[1]));
      }
    }
  }
  for (; l < depth; ++l) {
    for (extent j = 0; j < columns; ++j) {
      to[l * to_row + j] = static_cast<T>(from[j * from_row + l]);
    }
  }
}

} // namespace cleave::kernels::inline CLEAVE_ISA
