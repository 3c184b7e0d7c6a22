// SPDX-License-Identifier: Apache-2.0
// e^x of what is never above 0, as in a softmax, where exponentials are all there is to do: on the vector instructions
// that have them by a table in registers and a short polynomial, which takes half as long as math::exp.
#pragma once

#include "block.hpp"

namespace cleave::kernels::inline CLEAVE_ISA {
namespace falling {

/// Blocks of what is no float, or on instruction sets without a permutation by variable indices: within 1 ULP.
template <class T>
[[gnu::always_inline]] inline Vector<T> exp(const Vector<T>& x) {
  return math::lanes::exp_of(x);
}

#if defined(__AVX512F__) || (defined(__AVX2__) && defined(__FMA__))

typedef int Indices [[gnu::vector_size(register_bytes)]]; // NOLINT(modernize-use-using): g++ drops the attribute

/// 2^(i / 16)
// NOLINTBEGIN(modernize-use-std-numbers)
alignas(64) inline constexpr float roots_of_two[16] = {1.F,
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

/// The roots with the last four bits of each index.
[[gnu::always_inline]] inline Vector<float> root_of_two(const Indices& index) {
#if defined(__AVX512F__)
  const Vector<float> table = load(roots_of_two);
#if defined(__clang__)
  return __builtin_ia32_permvarsf512(table, index);
#else
  return __builtin_ia32_permvarsf512_mask(table, index, table, static_cast<unsigned short>(-1));
#endif
#else
  const Vector<float> low = __builtin_ia32_permvarsf256(load(roots_of_two), index);
  const Vector<float> high = __builtin_ia32_permvarsf256(load(roots_of_two + 8), index);
  return math::lanes::select((index << 28) < 0, high, low);
#endif
}

#if defined(__AVX512F__)
/// y * 2^(floor of n), or 0 where x < least.
[[gnu::always_inline]] inline Vector<float> scaled_unless_below(const Vector<float>& x, const Vector<float>& least,
                                                                const Vector<float>& y, const Vector<float>& n) {
  constexpr int not_less_or_nan = 0x15;
  constexpr int as_rounding_is_set = 4;
  const auto all = static_cast<unsigned short>(-1);
  const unsigned short taken = __builtin_ia32_cmpps512_mask(x, least, not_less_or_nan, all, as_rounding_is_set);
  return __builtin_ia32_scalefps512_mask(y, n, Vector<float>{}, taken, as_rounding_is_set);
}
#endif

/// e^x of x <= 0 or NaN: 0 below -87, within 2 ULP down to e^x = 1e-6, within 5 below.
template <>
[[gnu::always_inline]] inline Vector<float> exp<float>(const Vector<float>& x) {
  using V = Vector<float>;
  constexpr float rounder = 0x1.8p19F; // leaves sixteenths
  const V shifted = math::fma(x, V{} + math::lanes::log2_e, V{} + rounder);
  const V n = shifted - rounder;
  const V r = math::fma(n, V{} - static_cast<float>(math::ln2), x);
  // (e^r - 1) / r of |r| <= ln 2 / 32: Remez exchange, error 2^-29
  const V w = math::lanes::polynomial(r, 1.F, 0x1.00022ap-1F, 0x1.555250p-3F);
  // The last four bits choose the root; those above them are its exponent.
  const Indices index = math::lanes::bits(shifted);
#if defined(__AVX512F__)
  const V root = root_of_two(index);
  const V y = math::fma(root * r, w, root);
  return scaled_unless_below(x, V{} - 87.F, y, n);
#else
  const V root = math::lanes::from_bits<V>(math::lanes::bits(root_of_two(index)) + ((index << 19) & ~0x7fffff));
  const V y = math::fma(root * r, w, root);
  return x < V{} - 87.F ? V{} : y;
#endif
}

#endif

} // namespace falling

template <class T>
[[gnu::always_inline]] inline Block<T> exp_of_falling(const Block<T>& x) {
  return map([](const Vector<T>& v) { return falling::exp<T>(v); }, x);
}

} // namespace cleave::kernels::inline CLEAVE_ISA
