// SPDX-License-Identifier: Apache-2.0
// Rows in blocks of 64 bytes, whatever registers the instruction set has: sums have the same lanes, and hence the same
// bits, in every build that fuses multiplications and additions alike, and depend on a row's length alone.
#pragma once

#include "vector.hpp"

#include <cleave/base/math.hpp>

namespace cleave::kernels::inline CLEAVE_ISA {

/// 16 floats or 8 doubles.
template <class T>
struct Block {
  static constexpr int lanes = 64 / static_cast<int>(sizeof(T));
  static constexpr int registers = 64 / register_bytes;
  Vector<T> at[registers];
};

/// f of each register of the operands.
template <class T, class F, class... Operands>
[[gnu::always_inline]] inline Block<T> map(F f, const Block<T>& x, const Operands&... more) {
  Block<T> y;
  for (int r = 0; r < Block<T>::registers; ++r) {
    y.at[r] = f(x.at[r], more.at[r]...);
  }
  return y;
}

template <class T>
[[gnu::always_inline]] inline Block<T> repeat(T x) {
  Block<T> y;
  for (Vector<T>& part : y.at) {
    part = Vector<T>{} + x;
  }
  return y;
}

template <class T>
[[gnu::always_inline]] inline Block<T> load_block(const T* from) {
  Block<T> y;
  for (int r = 0; r < Block<T>::registers; ++r) {
    y.at[r] = load(from + r * Lanes<T>::count);
  }
  return y;
}
template <class T>
[[gnu::always_inline]] inline void store_block(T* to, const Block<T>& x) {
  for (int r = 0; r < Block<T>::registers; ++r) {
    store(to + r * Lanes<T>::count, x.at[r]);
  }
}

/// The first `count` lanes, at least one and not all; the others are zeros.
template <class T>
[[gnu::always_inline]] inline Block<T> load_first(const T* from, extent count) {
  Block<T> y{};
  for (int r = 0; r < Block<T>::registers; ++r) {
    const extent left = count - r * Lanes<T>::count;
    if (left >= Lanes<T>::count) {
      y.at[r] = load(from + r * Lanes<T>::count);
    } else if (left > 0) {
      y.at[r] = FirstLanes<T>(left).load(from + r * Lanes<T>::count);
    }
  }
  return y;
}
template <class T>
[[gnu::always_inline]] inline void store_first(T* to, const Block<T>& x, extent count) {
  for (int r = 0; r < Block<T>::registers; ++r) {
    const extent left = count - r * Lanes<T>::count;
    if (left >= Lanes<T>::count) {
      store(to + r * Lanes<T>::count, x.at[r]);
    } else if (left > 0) {
      FirstLanes<T>(left).store(to + r * Lanes<T>::count, x.at[r]);
    }
  }
}

/// x in the first `count` lanes, `other` behind them.
template <class T>
[[gnu::always_inline]] inline Block<T> first_lanes(const Block<T>& x, extent count, T other) {
  using Number = std::conditional_t<sizeof(T) == sizeof(float), int, long>;
  using Numbers = math::lanes::Bits<Vector<T>>;
  Block<T> y;
  for (int r = 0; r < Block<T>::registers; ++r) {
    Numbers lane;
    for (int i = 0; i < Lanes<T>::count; ++i) {
      lane[i] = static_cast<Number>(r * Lanes<T>::count + i);
    }
    const Numbers is_in = lane < Numbers{} + static_cast<Number>(count);
    y.at[r] = math::lanes::select(is_in, x.at[r], Vector<T>{} + other);
  }
  return y;
}

template <class T>
[[gnu::always_inline]] inline Block<T> exp(const Block<T>& x) {
  return map([](const Vector<T>& v) { return math::lanes::exp_of(v); }, x);
}
/// The larger of each two; `a` where one is NaN.
template <class T>
[[gnu::always_inline]] inline Block<T> larger(const Block<T>& a, const Block<T>& b) {
  return map([](const Vector<T>& u, const Vector<T>& v) { return v > u ? v : u; }, a, b);
}
template <class T>
[[gnu::always_inline]] inline Block<T> fma(const Block<T>& a, const Block<T>& b, const Block<T>& c) {
  return map([](const Vector<T>& u, const Vector<T>& v, const Vector<T>& w) { return math::fma(u, v, w); }, a, b, c);
}
template <class T>
[[gnu::always_inline]] inline Block<T> operator+(const Block<T>& a, const Block<T>& b) {
  return map([](const Vector<T>& u, const Vector<T>& v) { return u + v; }, a, b);
}
template <class T>
[[gnu::always_inline]] inline Block<T> operator-(const Block<T>& a, const Block<T>& b) {
  return map([](const Vector<T>& u, const Vector<T>& v) { return u - v; }, a, b);
}
template <class T>
[[gnu::always_inline]] inline Block<T> operator*(const Block<T>& a, const Block<T>& b) {
  return map([](const Vector<T>& u, const Vector<T>& v) { return u * v; }, a, b);
}

template <class T>
T largest_lane(const Block<T>& x) {
  T lane[Block<T>::lanes];
  store_block(lane, x);
  for (int width = Block<T>::lanes / 2; width > 0; width /= 2) {
    for (int i = 0; i < width; ++i) {
      lane[i] = lane[i + width] > lane[i] ? lane[i + width] : lane[i];
    }
  }
  return lane[0];
}

/// Sums of many blocks, lane by lane, in doubles.
template <class T>
struct WideSum {
  static constexpr int parts = sizeof(double) / sizeof(T);
  Block<double> part[parts]{};

  [[gnu::always_inline]] void add(const Block<T>& x) {
    if constexpr (parts == 1) {
      part[0] = part[0] + x;
    } else {
      constexpr int half = Lanes<float>::count / 2; // = lanes of a register of doubles
      for (int r = 0; r < Block<T>::registers; ++r) {
        typedef float Half [[gnu::vector_size(register_bytes / 2)]]; // NOLINT(modernize-use-using): g++ drops it
        Half low;
        Half high;
        std::memcpy(&low, &x.at[r], sizeof low);
        std::memcpy(&high, reinterpret_cast<const char*>(&x.at[r]) + sizeof low, sizeof high);
        static_assert(half == Lanes<double>::count);
        const int at = 2 * r;
        part[at / Block<double>::registers].at[at % Block<double>::registers] +=
            __builtin_convertvector(low, Vector<double>);
        part[(at + 1) / Block<double>::registers].at[(at + 1) % Block<double>::registers] +=
            __builtin_convertvector(high, Vector<double>);
      }
    }
  }
  /// All lanes: lane i meets lane i + n / 2, until one is left.
  [[nodiscard]] double total() const {
    double lane[Block<double>::lanes];
    store_block(lane, parts == 1 ? part[0] : part[0] + part[parts - 1]);
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
  }
};

/// Blocks that are added before they join the wide sum: floats lose little over so few.
inline constexpr int blocks_a_wide_sum = 16;

/// The sum over a row of `count` elements. `whole(i)` gives the block of the elements from i on, `part(i, n)` that of
/// the last n, with zeros behind them.
template <class T, class Whole, class Part>
[[gnu::always_inline]] inline double sum_row(extent count, Whole whole, Part part) {
  constexpr extent lanes = Block<T>::lanes;
  WideSum<T> sum;
  extent i = 0;
  while (i + lanes <= count) {
    const extent left = (count - i) / lanes;
    const extent end = i + lanes * (left < blocks_a_wide_sum ? left : blocks_a_wide_sum);
    Block<T> several = whole(i);
    for (i += lanes; i < end; i += lanes) {
      several = several + whole(i);
    }
    sum.add(several);
  }
  if (i < count) {
    sum.add(part(i, count - i));
  }
  return sum.total();
}

/// Runs `whole(i)` for all blocks of a row, and `part(i, n)` for its last n elements.
template <class T, class Whole, class Part>
[[gnu::always_inline]] inline void for_blocks(extent count, Whole whole, Part part) {
  constexpr extent lanes = Block<T>::lanes;
  extent i = 0;
  for (; i + lanes <= count; i += lanes) {
    whole(i);
  }
  if (i < count) {
    part(i, count - i);
  }
}

} // namespace cleave::kernels::inline CLEAVE_ISA
