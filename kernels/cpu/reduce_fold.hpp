// SPDX-License-Identifier: Apache-2.0
// What reductions do with an element. A fold names `In`, an accumulator `A`, the wider `Whole` of joined accumulators
// and `Out`, and has start(), first(element as A), add(A, element as A), join(A, A), join(Whole, Whole) and finish(A),
// and says whether join `commutes`; first, add and join also take registers of A.
#pragma once

#include "vector.hpp"

#include <cleave/base/math.hpp>

#include <cstdint>
#include <limits>
#include <type_traits>

namespace cleave::kernels::inline CLEAVE_KERNELS::folds {

// Whole numbers are added and multiplied modulo 2^64, where overflow is defined.
template <class T>
using Wide = std::conditional_t<std::is_floating_point_v<T>, T, std::uint64_t>;
template <class T>
using Result = std::conditional_t<std::is_floating_point_v<T>, T, std::int64_t>;

template <class T>
constexpr bool is_nan(T x) {
  return x != x; // NOLINT(misc-redundant-expression): true of NaN alone
}

template <class T>
struct Plus {
  using In = T;
  using A = Wide<T>;
  using Whole = std::conditional_t<std::is_same_v<T, float>, double, A>;
  using Out = Result<T>;
  static constexpr bool is_sum = true;
  static constexpr bool commutes = true;
  static constexpr A start() { return 0; }
  template <class V>
  static V first(V x) {
    return x;
  }
  template <class V>
  static V add(V a, V x) {
    return a + x;
  }
  template <class V>
  static V join(V a, V b) {
    return a + b;
  }
  static Out finish(A a) { return static_cast<Out>(a); }
};

template <class T>
struct PlusNumbers : Plus<T> {
  template <class V>
  static V first(V x) {
    return x == x ? x : V{}; // NOLINT(misc-redundant-expression): false of NaN alone
  }
  template <class V>
  static V add(V a, V x) {
    return a + (x == x ? x : V{}); // NOLINT(misc-redundant-expression): false of NaN alone
  }
};

/// In double: of very many numbers, small ones count.
template <class T>
struct PlusExactly : Plus<double> {
  using In = T;
};

template <class T>
struct Times {
  using In = T;
  using A = Wide<T>;
  using Whole = A;
  using Out = Result<T>;
  static constexpr bool is_sum = false;
  static constexpr bool commutes = true;
  static constexpr A start() { return 1; }
  template <class V>
  static V first(V x) {
    return x;
  }
  template <class V>
  static V add(V a, V x) {
    return a * x;
  }
  template <class V>
  static V join(V a, V b) {
    return a * b;
  }
  static Out finish(A a) { return static_cast<Out>(a); }
};

template <class T>
struct Squares {
  using In = T;
  using A = double;
  using Whole = A;
  using Out = T;
  static constexpr bool is_sum = false;
  static constexpr bool commutes = true;
  static constexpr A start() { return 0; }
  // (by fma, or the compiler would fuse some of the products and sums, and others on another instruction set)
  template <class V>
  static V first(V x) {
    return math::fma(x, x, V{});
  }
  template <class V>
  static V add(V a, V x) {
    return math::fma(x, x, a);
  }
  template <class V>
  static V join(V a, V b) {
    return a + b;
  }
  static Out finish(A a) { return static_cast<T>(math::sqrt(a)); }
};

template <class T>
struct Greatest {
  using In = T;
  using A = T;
  using Whole = A;
  using Out = T;
  static constexpr bool is_sum = false;
  static constexpr bool commutes = false; // of 0 and -0 the first stays
  static constexpr T start() {
    using Limits = std::numeric_limits<T>;
    return Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
  }
  template <class V>
  static V first(V x) {
    return x;
  }
  static constexpr bool beats(T x, T a) { return x > a || is_nan(x); }
  template <class V>
  static V add(V a, V x) {
    return ((x > a) | (x != x)) ? x : a; // NOLINT(misc-redundant-expression): true of NaN alone
  }
  template <class V>
  static V join(V a, V b) {
    return add(a, b);
  }
  static T finish(T a) { return a; }
};

template <class T>
struct Least : Greatest<T> {
  static constexpr T start() {
    using Limits = std::numeric_limits<T>;
    return Limits::has_infinity ? Limits::infinity() : Limits::max();
  }
  static constexpr bool beats(T x, T a) { return x < a || is_nan(x); }
  template <class V>
  static V add(V a, V x) {
    return ((x < a) | (x != x)) ? x : a; // NOLINT(misc-redundant-expression): true of NaN alone
  }
  template <class V>
  static V join(V a, V b) {
    return add(a, b);
  }
};

/// Whether a fold joins its accumulators in something wider; for the others one is deep enough.
template <class F>
inline constexpr bool is_wide = !std::is_same_v<typename F::Whole, typename F::A>;

/// As many elements as a register of `A` has lanes, as A.
template <class A, class In>
Vector<A> lift(const In* from) {
  if constexpr (std::is_same_v<A, In>) {
    return load(from);
  } else {
    using Narrow [[gnu::vector_size(sizeof(In) * static_cast<std::size_t>(Lanes<A>::count))]] = In;
    Narrow value;
    std::memcpy(&value, from, sizeof value);
    return __builtin_convertvector(value, Vector<A>);
  }
}

template <class A>
Vector<A> all_lanes(A value) {
  return Vector<A>{} + value;
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS::folds
