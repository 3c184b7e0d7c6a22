// SPDX-License-Identifier: Apache-2.0
// e^x of what is never above 0, as in a softmax, where exponentials are all there is to do: on the vector instructions
// that have them by a table in registers and a short polynomial, which takes half as long as math::exp.
#pragma once

#include "block.hpp"

#include <bit>
#include <cstring>

namespace cleave::kernels::inline CLEAVE_ISA {
namespace falling {

/// Blocks of what is no float, or on instruction sets without a permutation by variable indices: within 1 ULP.
template <class T>
[[gnu::always_inline]] inline Vector<T> exp(const Vector<T>& x) {
  return math::lanes::exp_of(x);
}

#if defined(__AVX512F__) || (defined(__AVX2__) && defined(__FMA__))

typedef int Indices [[gnu::vector_size(register_bytes)]]; // NOLINT(modernize-use-using): g++ drops the attribute
/// The same without a sign: sums may wrap around, where x is far below what has an exponential.
typedef unsigned Words [[gnu::vector_size(register_bytes)]]; // NOLINT(modernize-use-using)

/// The bits of 2^(i / 16), less i << 19: adding the sixteenths of an exponent, moved up by 19, gives its power of two.
struct Roots {
  alignas(64) int bits[16];
};
inline constexpr Roots roots_of_two = [] {
  // NOLINTBEGIN(modernize-use-std-numbers)
  constexpr float roots[] = {1.F,
                             0x1.0b5586p+0F,
                             0x1.172b84p+0F,
                             0x1.2387a6p+0F,
                             0x1.306fe0p+0F,
                             0x1.3dea64p+0F,
                             0x1.4bfdaep+0F,
                             0x1.5ab07ep+0F,
                             0x1.6a09e6p+0F,
                             0x1.7a1148p+0F,
                             0x1.8ace54p+0F,
                             0x1.9c4918p+0F,
                             0x1.ae89fap+0F,
                             0x1.c199bep+0F,
                             0x1.d5818ep+0F,
                             0x1.ea4afap+0F};
  // NOLINTEND(modernize-use-std-numbers)
  Roots of{};
  for (int i = 0; i < 16; ++i) {
    of.bits[i] = std::bit_cast<int>(roots[i]) - (i << 19);
  }
  return of;
}();

/// The entry of the table that the last four bits of each index choose.
[[gnu::always_inline]] inline Indices root_bits(const Indices& index) {
  Indices low;
#if defined(__AVX512F__)
  std::memcpy(&low, roots_of_two.bits, sizeof low);
#if defined(__clang__)
  return __builtin_ia32_permvarsi512(low, index);
#else
  return __builtin_ia32_permvarsi512_mask(low, index, low, static_cast<unsigned short>(-1));
#endif
#else
  Indices high;
  std::memcpy(&low, roots_of_two.bits, sizeof low);
  std::memcpy(&high, roots_of_two.bits + 8, sizeof high);
  return math::lanes::select((index & 8) != 0, __builtin_ia32_permvarsi256(high, index),
                             __builtin_ia32_permvarsi256(low, index));
#endif
}

/// e^x of x <= 0 or NaN: 0 below -87, within 2 ULP down to e^x = 1e-6, within 5 below.
template <>
[[gnu::always_inline]] inline Vector<float> exp<float>(const Vector<float>& x) {
  using V = Vector<float>;
  constexpr float rounder = 0x1.8p19F; // leaves sixteenths
  const V shifted = math::fma(x, V{} + math::lanes::log2_e, V{} + rounder);
  const V r = math::fma(shifted - rounder, V{} - static_cast<float>(math::ln2), x);
  // (e^r - 1) / r of |r| <= ln 2 / 32: Remez exchange, error 2^-29
  const V w = math::lanes::polynomial(r, 1.F, 0x1.00022ap-1F, 0x1.555250p-3F);
  const Indices index = math::lanes::bits(shifted);
  const Words moved = reinterpret_cast<Words>(index) << 19;
  const V root =
      math::lanes::from_bits<V>(reinterpret_cast<Indices>(reinterpret_cast<Words>(root_bits(index)) + moved));
  const V y = math::fma(root * r, w, root);
  return x < V{} - 87.F ? V{} : y;
}

#endif

} // namespace falling

template <class T>
[[gnu::always_inline]] inline Block<T> exp_of_falling(const Block<T>& x) {
  return map([](const Vector<T>& v) { return falling::exp<T>(v); }, x);
}

} // namespace cleave::kernels::inline CLEAVE_ISA
