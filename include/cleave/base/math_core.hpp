// SPDX-License-Identifier: Apache-2.0
// What the elementary functions of math_*.hpp are made of. They are written without branches, so that a loop over them
// becomes vector code, and with every fused multiply-add spelt out, so that an element's bits do not depend on the lane
// or the tail it falls into. Where the instruction set has no fused multiply-add (baseline x86-64), products are
// rounded; the bits are others, the bounds of the errors hold as well.
#pragma once

#include <cleave/base/config.hpp>

#include <cstdint>
#include <type_traits>

// Inlined whatever the compiler thinks of their size: a call would leave a loop without vector code.
#define CLEAVE_LANE CLEAVE_HOST_DEVICE __attribute__((always_inline)) inline

namespace cleave::math {

// <numbers> has them, and costs every unit that includes it.
inline constexpr double ln2 = 0.69314718055994530942;  // NOLINT(modernize-use-std-numbers)
inline constexpr double ln10 = 2.30258509299404568402; // NOLINT(modernize-use-std-numbers)

inline namespace CLEAVE_ISA {

namespace lanes {

// ln 2 in two floats, the first of 9 bits: its product with an exponent is exact.
inline constexpr float ln2_head = 0.693359375F; // NOLINT(modernize-use-std-numbers)
inline constexpr float ln2_tail = -2.12194440e-4F;
// The same in doubles, the first of 32 bits.
inline constexpr double ln2_high = 0x1.62e42fee00000p-1; // NOLINT(modernize-use-std-numbers)
inline constexpr double ln2_low = 0x1.a39ef35793c76p-33;

/// The integers that hold the bits of a T; T may be a vector of the compiler.
template <class T>
struct BitsOf {
  using type = decltype(T{} < T{});
};
template <>
struct BitsOf<float> {
  using type = std::int32_t;
};
template <>
struct BitsOf<double> {
  using type = std::int64_t;
};
template <class T>
using Bits = typename BitsOf<T>::type;

/// float or double: T itself, or what a vector holds.
template <class T>
struct ElementOf {
  using type = std::remove_reference_t<decltype(T{}[0])>;
};
template <>
struct ElementOf<float> {
  using type = float;
};
template <>
struct ElementOf<double> {
  using type = double;
};
template <class T>
using Element = std::remove_cv_t<typename ElementOf<T>::type>;

template <class T>
CLEAVE_LANE constexpr Bits<T> bits(T x) {
  return __builtin_bit_cast(Bits<T>, x);
}
template <class T>
CLEAVE_LANE constexpr T from_bits(Bits<T> x) {
  return __builtin_bit_cast(T, x);
}

/// fma of vectors, by what each compiler calls the instruction.
template <class T>
CLEAVE_LANE constexpr T fma_of_vectors(T a, T b, T c) {
#if defined(__clang__)
  return __builtin_elementwise_fma(a, b, c);
#else
  constexpr bool of_floats = std::is_same_v<Element<T>, float>;
#if defined(__AVX512F__)
  if constexpr (sizeof(T) == 64 && of_floats) {
    return __builtin_ia32_vfmaddps512_mask(a, b, c, static_cast<unsigned short>(-1), 4); // 4: as rounding is set
  } else if constexpr (sizeof(T) == 64) {
    return __builtin_ia32_vfmaddpd512_mask(a, b, c, static_cast<unsigned char>(-1), 4);
  } else
#endif
#if defined(__FMA__)
      if constexpr (sizeof(T) == 32 && of_floats) {
    return __builtin_ia32_vfmaddps256(a, b, c);
  } else if constexpr (sizeof(T) == 32) {
    return __builtin_ia32_vfmaddpd256(a, b, c);
  } else
#endif
  {
    T y{};
    for (unsigned i = 0; i < sizeof(T) / sizeof(Element<T>); ++i) {
      if constexpr (of_floats) {
        y[i] = __builtin_fmaf(a[i], b[i], c[i]);
      } else {
        y[i] = __builtin_fma(a[i], b[i], c[i]);
      }
    }
    return y;
  }
#endif
}

} // namespace lanes

/// a * b + c: rounded once where the instruction set can. (The compilers fuse a product and a sum by themselves where
/// they meet, but not always, and bits must not depend on that.)
template <class T>
CLEAVE_LANE constexpr T fma(T a, T b, T c) {
#if defined(__FMA__) || defined(__aarch64__) || defined(__CUDA_ARCH__)
  if constexpr (std::is_same_v<T, float>) {
    return __builtin_fmaf(a, b, c);
  } else if constexpr (std::is_same_v<T, double>) {
    return __builtin_fma(a, b, c);
  } else {
    return lanes::fma_of_vectors(a, b, c);
  }
#else
  return a * b + c;
#endif
}

namespace lanes {

/// All bits set where a < b, else none.
template <class T>
CLEAVE_LANE constexpr Bits<T> less(T a, T b) {
  if constexpr (std::is_arithmetic_v<T>) {
    return -static_cast<Bits<T>>(a < b);
  } else {
    return a < b;
  }
}
template <class T>
CLEAVE_LANE constexpr Bits<T> equal(T a, T b) {
  if constexpr (std::is_arithmetic_v<T>) {
    return -static_cast<Bits<T>>(a == b);
  } else {
    return a == b;
  }
}

/// `a` where all bits of `which` are set, `b` where none is. In bits: a conditional expression may become a branch,
/// into which the compiler moves the computation of the value; then a loop is no longer vector code.
template <class T>
CLEAVE_LANE constexpr T select(Bits<T> which, T a, T b) {
  return from_bits<T>((which & bits(a)) | (~which & bits(b)));
}

/// The magnitude of x with the sign of y.
CLEAVE_LANE constexpr float with_sign(float x, float y) {
  constexpr std::int32_t magnitude = 0x7fffffff;
  return from_bits<float>((bits(x) & magnitude) | (bits(y) & ~magnitude));
}

/// c + c1 x + c2 x^2 + ... by Horner's rule.
template <class T, class C>
CLEAVE_LANE constexpr T polynomial(T /*x*/, C c) {
  return T{} + c;
}
template <class T, class C, class... More>
CLEAVE_LANE constexpr T polynomial(T x, C c, More... more) {
  return fma(x, polynomial(x, more...), T{} + c);
}

/// 1 / x of a positive double that a float can hold: from the float's reciprocal by one step of Newton's, to about 45
/// bits.
CLEAVE_LANE double reciprocal(double x) {
  const double close = 1.0F / static_cast<float>(x);
  return close * fma(-x, close, 2.0);
}

} // namespace lanes
} // namespace CLEAVE_ISA
} // namespace cleave::math
