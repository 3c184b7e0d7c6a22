// SPDX-License-Identifier: Apache-2.0
// Rows in blocks of 64 bytes, whatever registers the instruction set has: sums have the same lanes, and hence the same
// bits, in every build that fuses multiplications and additions alike, and depend on a row's length alone.
#pragma once

#include "vector.hpp"

#include <cleave/base/math.hpp>

#include <utility>

namespace cleave::kernels::inline CLEAVE_ISA {

/// Registers side by side. (Members, not an array: compilers keep members in registers.)
template <class T, int Count>
struct Registers {
  static constexpr int lanes = Count * Lanes<T>::count;
  static constexpr int half = lanes / 2;
  Registers<T, Count / 2> low;
  Registers<T, Count / 2> high;
};
template <class T>
struct Registers<T, 1> {
  static constexpr int lanes = Lanes<T>::count;
  Vector<T> v;
};

/// 16 floats or 8 doubles.
template <class T>
using Block = Registers<T, 64 / register_bytes>;

/// f of each register of the operands.
template <class F, class T, int Count, class... More>
[[gnu::always_inline]] inline Registers<T, Count> map(F f, const Registers<T, Count>& x, const More&... more) {
  if constexpr (Count == 1) {
    return {f(x.v, more.v...)};
  } else {
    return {map(f, x.low, more.low...), map(f, x.high, more.high...)};
  }
}

template <class To, class T>
[[gnu::always_inline]] inline To repeat_in(T x) {
  if constexpr (To::lanes == Lanes<T>::count) {
    return {Vector<T>{} + x};
  } else {
    using Half = decltype(To::low);
    return {repeat_in<Half>(x), repeat_in<Half>(x)};
  }
}
template <class T>
[[gnu::always_inline]] inline Block<T> repeat(T x) {
  return repeat_in<Block<T>>(x);
}

template <class To, class T>
[[gnu::always_inline]] inline To load_as(const T* from) {
  if constexpr (To::lanes == Lanes<T>::count) {
    return {load(from)};
  } else {
    using Half = decltype(To::low);
    return {load_as<Half>(from), load_as<Half>(from + To::half)};
  }
}
template <class T>
[[gnu::always_inline]] inline Block<T> load_block(const T* from) {
  return load_as<Block<T>>(from);
}
template <class T, int Count>
[[gnu::always_inline]] inline void store_block(T* to, const Registers<T, Count>& x) {
  if constexpr (Count == 1) {
    store(to, x.v);
  } else {
    store_block(to, x.low);
    store_block(to + x.half, x.high);
  }
}

/// The first `count` lanes, at least one and not all; the others are zeros.
template <class To, class T>
[[gnu::always_inline]] inline To load_first_as(const T* from, extent count) {
  if constexpr (To::lanes == 2) {
    return {Vector<T>{from[0]}};
  } else if constexpr (To::lanes == Lanes<T>::count) {
    return {FirstLanes<T>(count).load(from)};
  } else {
    using Half = decltype(To::low);
    if (count < To::half) {
      return {load_first_as<Half>(from, count), repeat_in<Half>(T(0))};
    }
    const Half low = load_as<Half>(from);
    return {low, count == To::half ? repeat_in<Half>(T(0)) : load_first_as<Half>(from + To::half, count - To::half)};
  }
}
template <class T>
[[gnu::always_inline]] inline Block<T> load_first(const T* from, extent count) {
  return load_first_as<Block<T>>(from, count);
}
template <class T, int Count>
[[gnu::always_inline]] inline void store_first(T* to, const Registers<T, Count>& x, extent count) {
  if constexpr (Registers<T, Count>::lanes == 2) {
    to[0] = x.v[0];
  } else if constexpr (Count == 1) {
    FirstLanes<T>(count).store(to, x.v);
  } else if (count < x.half) {
    store_first(to, x.low, count);
  } else {
    store_block(to, x.low);
    if (count > x.half) {
      store_first(to + x.half, x.high, count - x.half);
    }
  }
}

/// The same of any count from one on, also all lanes.
template <class T>
[[gnu::always_inline]] inline Block<T> load_some(const T* from, extent count) {
  return count >= Block<T>::lanes ? load_block(from) : load_first(from, count);
}
template <class T>
[[gnu::always_inline]] inline void store_some(T* to, const Block<T>& x, extent count) {
  if (count >= Block<T>::lanes) {
    store_block(to, x);
  } else {
    store_first(to, x, count);
  }
}

/// x in the first `count` lanes, `other` behind them.
template <class T, int Count>
[[gnu::always_inline]] inline Registers<T, Count> first_lanes(const Registers<T, Count>& x, extent count, T other) {
  if constexpr (Count == 1) {
    using Number = std::conditional_t<sizeof(T) == sizeof(float), int, long>;
    using Numbers = math::lanes::Bits<Vector<T>>;
    Numbers lane;
    for (int i = 0; i < Lanes<T>::count; ++i) {
      lane[i] = static_cast<Number>(i);
    }
    const Numbers is_in = lane < Numbers{} + static_cast<Number>(count);
    return {math::lanes::select(is_in, x.v, Vector<T>{} + other)};
  } else {
    return {first_lanes(x.low, count, other), first_lanes(x.high, count - x.half, other)};
  }
}

template <class T, int Count>
[[gnu::always_inline]] inline Registers<T, Count> exp(const Registers<T, Count>& x) {
  return map([](const Vector<T>& v) { return math::lanes::exp_of(v); }, x);
}
/// The larger of each two; `a` where one is NaN. (One instruction, which g++ does not find by itself everywhere.)
template <class T>
[[gnu::always_inline]] inline Vector<T> larger(const Vector<T>& a, const Vector<T>& b) {
  constexpr bool is_float = sizeof(T) == sizeof(float);
  if constexpr (is_float) {
#if defined(__AVX512F__) && defined(__clang__)
    return __builtin_ia32_maxps512(b, a, 4);
#elif defined(__AVX512F__)
    return __builtin_ia32_maxps512_mask(b, a, a, static_cast<unsigned short>(-1), 4);
#elif defined(__AVX__)
    return __builtin_ia32_maxps256(b, a);
#elif defined(__SSE2__)
    return __builtin_ia32_maxps(b, a);
#else
    return b > a ? b : a;
#endif
  } else {
#if defined(__AVX512F__) && defined(__clang__)
    return __builtin_ia32_maxpd512(b, a, 4);
#elif defined(__AVX512F__)
    return __builtin_ia32_maxpd512_mask(b, a, a, static_cast<unsigned char>(-1), 4);
#elif defined(__AVX__)
    return __builtin_ia32_maxpd256(b, a);
#elif defined(__SSE2__)
    return __builtin_ia32_maxpd(b, a);
#else
    return b > a ? b : a;
#endif
  }
}
template <class T, int Count>
[[gnu::always_inline]] inline Registers<T, Count> larger(const Registers<T, Count>& a, const Registers<T, Count>& b) {
  return map([](const Vector<T>& u, const Vector<T>& v) { return larger<T>(u, v); }, a, b);
}
template <class T, int Count>
[[gnu::always_inline]] inline Registers<T, Count> fma(const Registers<T, Count>& a, const Registers<T, Count>& b,
                                                      const Registers<T, Count>& c) {
  return map([](const Vector<T>& u, const Vector<T>& v, const Vector<T>& w) { return math::fma(u, v, w); }, a, b, c);
}
template <class T, int Count>
[[gnu::always_inline]] inline Registers<T, Count> operator+(const Registers<T, Count>& a,
                                                            const Registers<T, Count>& b) {
  return map([](const Vector<T>& u, const Vector<T>& v) { return u + v; }, a, b);
}
template <class T, int Count>
[[gnu::always_inline]] inline Registers<T, Count> operator-(const Registers<T, Count>& a,
                                                            const Registers<T, Count>& b) {
  return map([](const Vector<T>& u, const Vector<T>& v) { return u - v; }, a, b);
}
template <class T, int Count>
[[gnu::always_inline]] inline Registers<T, Count> operator*(const Registers<T, Count>& a,
                                                            const Registers<T, Count>& b) {
  return map([](const Vector<T>& u, const Vector<T>& v) { return u * v; }, a, b);
}

/// The lanes moved down by `Step`, around the end.
template <int Step, class V, int... Lane>
[[gnu::always_inline]] inline V rotated(const V& x, std::integer_sequence<int, Lane...> /*lanes*/) {
  return __builtin_shufflevector(x, x, ((Lane + Step) % static_cast<int>(sizeof...(Lane)))...);
}
/// All lanes in one: f joins lane i and lane i + n / 2, until one is left.
template <int Step, class T, class F>
[[gnu::always_inline]] inline T join_lanes_of(Vector<T> x, F f) {
  if constexpr (Step > 0) {
    const Vector<T> other = rotated<Step>(x, std::make_integer_sequence<int, Lanes<T>::count>{});
    return join_lanes_of<Step / 2, T>(f(x, other), f);
  } else {
    return x[0];
  }
}
template <class T, int Count, class F>
[[gnu::always_inline]] inline T join_lanes(const Registers<T, Count>& x, F f) {
  if constexpr (Count > 1) {
    return join_lanes(map(f, x.low, x.high), f);
  } else {
    return join_lanes_of<Lanes<T>::count / 2, T>(x.v, f);
  }
}
template <class T, int Count>
[[gnu::always_inline]] inline T largest_lane(const Registers<T, Count>& x) {
  return join_lanes(x, [](const Vector<T>& u, const Vector<T>& v) { return larger<T>(u, v); });
}

typedef float HalfRegister [[gnu::vector_size(register_bytes / 2)]]; // NOLINT(modernize-use-using): g++ drops it
[[gnu::always_inline]] inline Vector<double> widened(const HalfRegister& x) {
#if defined(__AVX512F__)
  return __builtin_ia32_cvtps2pd512_mask(x, Vector<double>{}, static_cast<unsigned char>(-1),
                                         4); // 4: as rounding is set
#else
  return __builtin_convertvector(x, Vector<double>);
#endif
}

/// The same lanes in doubles.
template <int Count>
[[gnu::always_inline]] inline Registers<double, 2 * Count> widened(const Registers<float, Count>& x) {
  if constexpr (Count == 1) {
#if defined(__AVX512F__)
    const HalfRegister low = __builtin_shufflevector(x.v, x.v, 0, 1, 2, 3, 4, 5, 6, 7);
    const HalfRegister high = __builtin_shufflevector(x.v, x.v, 8, 9, 10, 11, 12, 13, 14, 15);
#elif defined(__AVX__)
    const HalfRegister low = __builtin_shufflevector(x.v, x.v, 0, 1, 2, 3);
    const HalfRegister high = __builtin_shufflevector(x.v, x.v, 4, 5, 6, 7);
#else
    const HalfRegister low = __builtin_shufflevector(x.v, x.v, 0, 1);
    const HalfRegister high = __builtin_shufflevector(x.v, x.v, 2, 3);
#endif
    return {{widened(low)}, {widened(high)}};
  } else {
    return {widened(x.low), widened(x.high)};
  }
}
template <int Count>
[[gnu::always_inline]] inline Registers<double, Count> widened(const Registers<double, Count>& x) {
  return x;
}

/// How far ahead of a row's loads lines are asked for: as long as the last cache takes, when a line lasts 2 ns.
template <class T>
inline constexpr extent elements_ahead = extent(16) * Block<T>::lanes;

/// Sums of many blocks, lane by lane, in doubles.
template <class T>
struct WideSum {
  using Wide = std::remove_cvref_t<decltype(widened(Block<T>{}))>;
  Wide lanes = repeat_in<Wide>(0.);

  [[gnu::always_inline]] void add(const Block<T>& x) { lanes = lanes + widened(x); }
  [[nodiscard]] [[gnu::always_inline]] double total() const {
    return join_lanes(lanes, [](const Vector<double>& u, const Vector<double>& v) { return u + v; });
  }
};

/// Blocks that are added before they join the wide sum: floats lose little over so few.
inline constexpr int blocks_a_wide_sum = 16;

/// The sum over a row of `count` elements. `whole(i, sum)` adds the block of the elements from i on to a sum, `part(i,
/// n, sum)` the last n, and zeros. A product is added by fma: the compiler would fuse it in some loops and not in
/// others.
template <class T, class Whole, class Part>
[[gnu::always_inline]] inline double sum_row(extent count, Whole whole, Part part) {
  constexpr extent lanes = Block<T>::lanes;
  WideSum<T> sum;
  extent i = 0;
  while (i + lanes <= count) {
    const extent left = (count - i) / lanes;
    const extent end = i + lanes * (left < blocks_a_wide_sum ? left : blocks_a_wide_sum);
    Block<T> several = repeat(T(0));
    for (; i < end; i += lanes) {
      several = whole(i, several);
    }
    sum.add(several);
  }
  if (i < count) {
    sum.add(part(i, count - i, repeat(T(0))));
  }
  return sum.total();
}

/// Two sums over rows at once, each as sum_row would find it.
template <class B>
struct Two {
  B first;
  B second;
};
template <class T, class Whole, class Part>
[[gnu::always_inline]] inline Two<double> sum_two(extent count, Whole whole, Part part) {
  constexpr extent lanes = Block<T>::lanes;
  WideSum<T> first;
  WideSum<T> second;
  extent i = 0;
  while (i + lanes <= count) {
    const extent left = (count - i) / lanes;
    const extent end = i + lanes * (left < blocks_a_wide_sum ? left : blocks_a_wide_sum);
    Two<Block<T>> several{repeat(T(0)), repeat(T(0))};
    for (; i < end; i += lanes) {
      several = whole(i, several);
    }
    first.add(several.first);
    second.add(several.second);
  }
  if (i < count) {
    const Two<Block<T>> last = part(i, count - i, Two<Block<T>>{repeat(T(0)), repeat(T(0))});
    first.add(last.first);
    second.add(last.second);
  }
  return {first.total(), second.total()};
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
