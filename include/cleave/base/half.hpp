// SPDX-License-Identifier: Apache-2.0
// Element types of 16 bits: storage only, arithmetic is done in float. Conversions round to nearest, ties to even; what
// is too large becomes infinite, subnormal numbers are kept, and NaN stays NaN.
#pragma once

#include <cleave/base/config.hpp>

#include <cstdint>

namespace cleave {

// Inlined always: kernels of several instruction sets use them.

/// IEEE 754 binary16: 5 bits of exponent, 10 of fraction.
struct float16 {
  std::uint16_t bits = 0;

  constexpr float16() = default;
  [[gnu::always_inline]] CLEAVE_HOST_DEVICE constexpr explicit float16(float x) : bits(of(x)) {}
  // Shifted into place, a number is too small by the difference of the exponents' biases: a factor that is a power of
  // two, so that the product is exact, for subnormal numbers too.
  [[gnu::always_inline]] CLEAVE_HOST_DEVICE constexpr
  operator float() const { // NOLINT(google-explicit-constructor): nothing is lost
    const std::uint32_t sign = (bits & 0x8000U) << 16U;
    const std::uint32_t magnitude = (bits & 0x7FFFU) << 13U;
    const std::uint32_t finite = __builtin_bit_cast(std::uint32_t, __builtin_bit_cast(float, magnitude) * 0x1p112F);
    const std::uint32_t special = magnitude | 0x7F800000U;
    return __builtin_bit_cast(float, sign | (magnitude >= 0x0F800000U ? special : finite));
  }

private:
  [[gnu::always_inline]] CLEAVE_HOST_DEVICE static constexpr std::uint16_t of(float x) {
    const auto all = __builtin_bit_cast(std::uint32_t, x);
    const std::uint32_t sign = (all >> 16U) & 0x8000U;
    const std::uint32_t magnitude = all & 0x7FFFFFFFU;
    // Normal: the biases' difference and half a unit of the last place (less one for an even one) are added at once.
    const std::uint32_t normal = (magnitude - 0x38000000U + 0xFFFU + ((magnitude >> 13U) & 1U)) >> 13U;
    // Subnormal: an addition that leaves the fraction's bits at the end of a float's fraction rounds them as it should.
    const float shifted = __builtin_bit_cast(float, magnitude) + 0.5F;
    const std::uint32_t subnormal = __builtin_bit_cast(std::uint32_t, shifted) - 0x3F000000U;
    const std::uint32_t nan = 0x7E00U | ((magnitude >> 13U) & 0x3FFU);
    std::uint32_t made = magnitude < 0x38800000U ? subnormal : normal;
    made = magnitude >= 0x477FF000U ? 0x7C00U : made; // 65520 and more
    made = magnitude > 0x7F800000U ? nan : made;
    return static_cast<std::uint16_t>(sign | made);
  }
};

/// The upper half of a float: 8 bits of exponent, 7 of fraction.
struct bfloat16 {
  std::uint16_t bits = 0;

  constexpr bfloat16() = default;
  [[gnu::always_inline]] CLEAVE_HOST_DEVICE constexpr explicit bfloat16(float x) : bits(of(x)) {}
  [[gnu::always_inline]] CLEAVE_HOST_DEVICE constexpr
  operator float() const { // NOLINT(google-explicit-constructor): nothing is lost
    return __builtin_bit_cast(float, static_cast<std::uint32_t>(bits) << 16U);
  }

private:
  [[gnu::always_inline]] CLEAVE_HOST_DEVICE static constexpr std::uint16_t of(float x) {
    const auto all = __builtin_bit_cast(std::uint32_t, x);
    const std::uint32_t rounded = (all + 0x7FFFU + ((all >> 16U) & 1U)) >> 16U;
    const std::uint32_t nan = (all >> 16U) | 0x40U;
    return static_cast<std::uint16_t>((all & 0x7FFFFFFFU) > 0x7F800000U ? nan : rounded);
  }
};

} // namespace cleave
