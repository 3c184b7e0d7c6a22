// SPDX-License-Identifier: Apache-2.0
// Copies of parts of matrices in the order in which a register tile reads them: one register's width of a panel, step
// by step along k. Elements of another type are converted.
#pragma once

#include "vector.hpp"

#include <type_traits>
#include <utility>

namespace cleave::kernels::inline CLEAVE_ISA {
namespace pack {

// Registers consist of lanes of 16 bytes. Squares of elements are turned within lanes; then lanes change places.
template <class T>
inline constexpr int square = 16 / static_cast<int>(sizeof(T));
inline constexpr int register_lanes = register_bytes / 16;
/// Steps along k that pack_turned takes at once: what half a register of 4 lanes holds, or a whole smaller one.
template <class T>
inline constexpr int turned_depth = register_lanes == 1 ? square<T> : 2 * square<T>;

/// The elements of a and of b, behind each other, that `Pick::index` names for each place.
template <class Pick, class V, std::size_t... At>
[[gnu::always_inline]] inline auto shuffle(const V& a, const V& b, std::index_sequence<At...> /*places*/) {
  return __builtin_shufflevector(a, b, Pick::index(At)...);
}
template <class Pick, class T>
[[gnu::always_inline]] inline Vector<T> shuffle(const Vector<T>& a, const Vector<T>& b) {
  return shuffle<Pick>(a, b, std::make_index_sequence<Lanes<T>::count>{});
}
/// Of each lane the first or second halves of a and b, element by element in turn.
template <class T, int Half>
struct Interleaved {
  static constexpr int index(int i) {
    const int in_lane = i % square<T>;
    return i - in_lane + Half * square<T> / 2 + in_lane / 2 + in_lane % 2 * Lanes<T>::count;
  }
};
/// The even or the odd lanes of a, then those of b.
template <class T, int Odd>
struct EveryOther {
  static constexpr int index(int i) { return (i / square<T> * 2 + Odd) * square<T> + i % square<T>; }
};
struct Joined {
  static constexpr int index(int i) { return i; }
};

/// `turned_depth` elements from one row, or from two rows in the halves of a register.
template <class T>
[[gnu::always_inline]] inline Vector<T> load_rows(const T* row, [[maybe_unused]] const T* second_row) {
  if constexpr (register_lanes == 4) {
    using Half [[gnu::vector_size(register_bytes / 2)]] = T;
    Half first;
    Half second;
    std::memcpy(&first, row, sizeof first);
    std::memcpy(&second, second_row, sizeof second);
#if defined(__AVX512F__) && !defined(__clang__) // g++ 12 would load both halves and shuffle
    using Doubles [[gnu::vector_size(register_bytes)]] = double;
    using Half64 [[gnu::vector_size(register_bytes / 2)]] = double;
    const Doubles low = __builtin_ia32_pd512_256pd(reinterpret_cast<Half64>(first));
    return reinterpret_cast<Vector<T>>(__builtin_ia32_broadcastf64x4_512(reinterpret_cast<Half64>(second), low, 0xf0));
#else
    return shuffle<Joined>(first, second, std::make_index_sequence<Lanes<T>::count>{});
#endif
  } else {
    return load(row);
  }
}

/// Turns the squares that lie in the same lane of `square` registers.
template <class T>
[[gnu::always_inline]] inline void turn_squares(Vector<T>* r) {
  if constexpr (square<T> == 4) {
    const Vector<T> even_low = shuffle<Interleaved<T, 0>, T>(r[0], r[2]);
    const Vector<T> even_high = shuffle<Interleaved<T, 1>, T>(r[0], r[2]);
    const Vector<T> odd_low = shuffle<Interleaved<T, 0>, T>(r[1], r[3]);
    const Vector<T> odd_high = shuffle<Interleaved<T, 1>, T>(r[1], r[3]);
    r[0] = shuffle<Interleaved<T, 0>, T>(even_low, odd_low);
    r[1] = shuffle<Interleaved<T, 1>, T>(even_low, odd_low);
    r[2] = shuffle<Interleaved<T, 0>, T>(even_high, odd_high);
    r[3] = shuffle<Interleaved<T, 1>, T>(even_high, odd_high);
  } else {
    const Vector<T> low = shuffle<Interleaved<T, 0>, T>(r[0], r[1]);
    r[1] = shuffle<Interleaved<T, 1>, T>(r[0], r[1]);
    r[0] = low;
  }
}

/// Lane j of to[i] is row(j)[l + i], for turned_depth steps and one register's width of rows.
template <class T, class Row>
[[gnu::always_inline]] inline void turned(Vector<T>* to, const Row& row, extent l) {
  constexpr int side = square<T>;
  constexpr int half = Lanes<T>::count / 2;
  if constexpr (register_lanes == 1) {
    for (int i = 0; i < side; ++i) {
      to[i] = load(row(i) + l);
    }
    turn_squares<T>(to);
  } else {
    constexpr int next = register_lanes == 4 ? side : 0;
    Vector<T> first[side];
    Vector<T> second[side];
    for (int i = 0; i < side; ++i) {
      first[i] = load_rows(row(i) + l, row(i + next) + l);
    }
    turn_squares<T>(first);
    for (int i = 0; i < side; ++i) {
      second[i] = load_rows(row(half + i) + l, row(half + i + next) + l);
    }
    turn_squares<T>(second);
    for (int i = 0; i < side; ++i) {
      to[i] = shuffle<EveryOther<T, 0>, T>(first[i], second[i]);
      to[side + i] = shuffle<EveryOther<T, 1>, T>(first[i], second[i]);
    }
  }
}

/// The same in memory: to[i * to_row + j] = row(j)[l + i].
template <class T, class Row>
[[gnu::always_inline]] inline void turn(T* to, extent to_row, const Row& row, extent l) {
  Vector<T> steps[turned_depth<T>];
  turned<T>(steps, row, l);
  for (int i = 0; i < turned_depth<T>; ++i) {
    store(to + i * to_row, steps[i]);
  }
}

} // namespace pack

/// to[l * to_row + j] = from[l * from_row + j] for l < depth, j < columns. Writes whole registers: what lies behind the
/// columns is undefined, and a smaller to_row is filled in the order of l.
template <class T, class From>
void pack_rows(T* to, extent to_row, const From* from, extent from_row, extent columns, extent depth) {
  if constexpr (std::is_same_v<T, From>) {
    constexpr extent lanes = Lanes<T>::count;
    constexpr extent ahead = 8; // rows far apart are not foreseen by the processor
    const extent whole = (columns - 1) / lanes * lanes;
    const FirstLanes<T> part(columns - whole);
    for (extent l = 0; l < depth; ++l, to += to_row, from += from_row) {
      const extent next = l + ahead < depth ? ahead * from_row : 0;
      for (extent j = 0; j < whole; j += lanes) {
        __builtin_prefetch(from + next + j);
        store(to + j, load(from + j));
      }
      __builtin_prefetch(from + next + columns - 1);
      store(to + whole, columns - whole == lanes ? load(from + whole) : part.load(from + whole));
    }
  } else {
    for (extent l = 0; l < depth; ++l) {
      for (extent j = 0; j < columns; ++j) {
        to[l * to_row + j] = static_cast<T>(from[l * from_row + j]);
      }
    }
  }
}

/// Several panels of whole registers at once, `width` columns each and one behind another in `to`: rows that lie far
/// apart are read in longer pieces than one panel at a time would read.
template <class T>
void pack_panels(T* to, extent panels, extent width, const T* from, extent from_row, extent depth) {
  constexpr extent lanes = Lanes<T>::count;
  constexpr extent ahead = 4;
  for (extent l = 0; l < depth; ++l, to += width, from += from_row) {
    const extent next = l + ahead < depth ? ahead * from_row : 0;
    for (extent p = 0; p < panels; ++p) {
      T* const panel = to + p * depth * width;
      for (extent j = 0; j < width; j += lanes) {
        __builtin_prefetch(from + next + p * width + j);
        store(panel + j, load(from + p * width + j));
      }
    }
  }
}

/// The same of a transposed matrix, at most one register wide: to[l * to_row + j] = from[j * from_row + l].
template <class T, class From>
void pack_turned(T* to, extent to_row, const From* from, extent from_row, extent columns, extent depth) {
  constexpr int lanes = Lanes<T>::count;
  extent l = 0;
  if constexpr (std::is_same_v<T, From>) {
    constexpr int step = pack::turned_depth<T>;
    const auto turn = [&](const auto& row) {
      for (; l < depth; l += step) {
        l = l + step <= depth ? l : depth - step; // the last steps overlap those before
        pack::turn(to + l * to_row, to_row, row, l);
      }
    };
    if (depth >= step && columns == lanes) {
      turn([=](int j) { return from + j * from_row; });
    } else if (depth >= step) {
      const T* rows[lanes]; // behind the last column: the last one again
      for (extent j = 0; j < lanes; ++j) {
        rows[j] = from + (j < columns ? j : columns - 1) * from_row;
      }
      turn([&](int j) { return rows[j]; });
    }
  }
  for (; l < depth; ++l) {
    for (extent j = 0; j < columns; ++j) {
      to[l * to_row + j] = static_cast<T>(from[j * from_row + l]);
    }
  }
}

} // namespace cleave::kernels::inline CLEAVE_ISA
