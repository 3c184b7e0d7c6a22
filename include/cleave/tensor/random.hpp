// SPDX-License-Identifier: Apache-2.0
// Random numbers as a function of (seed, stream, index): no state, so any device, thread or order gives the same ones.
// The function is Philox4x32-10 of J. Salmon, M. Moraes, R. Dror, D. Shaw: "Parallel random numbers: as easy as 1, 2,
// 3", SC 2011.
#pragma once

#include <cleave/base/math.hpp>

#include <cstdint>

namespace cleave {

/// Four words: Philox's counter and its result.
struct PhiloxBlock {
  std::uint32_t words[4]{};
};

/// Philox4x32 with 10 rounds: a bijection of the 128-bit counter chosen by the 64-bit key.
CLEAVE_HOST_DEVICE constexpr PhiloxBlock philox(PhiloxBlock counter, std::uint32_t key_low, std::uint32_t key_high) {
  PhiloxBlock block = counter;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product_0 = std::uint64_t{0xD2511F53U} * block.words[0];
    const std::uint64_t product_2 = std::uint64_t{0xCD9E8D57U} * block.words[2];
    block = {{static_cast<std::uint32_t>(product_2 >> 32U) ^ block.words[1] ^ key_low,
              static_cast<std::uint32_t>(product_2),
              static_cast<std::uint32_t>(product_0 >> 32U) ^ block.words[3] ^ key_high,
              static_cast<std::uint32_t>(product_0)}};
    key_low += 0x9E3779B9U;  // the golden ratio
    key_high += 0xBB67AE85U; // the square root of three, less one
  }
  return block;
}

/// What random numbers are for. Each purpose has streams of its own, so that one seed serves a whole job.
enum class RandomUse : std::uint8_t { user, parameter, shuffle, layer };

/// Stream `number` (below 2^56) of a purpose.
CLEAVE_HOST_DEVICE constexpr std::uint64_t random_stream(RandomUse use, std::uint64_t number) {
  return (static_cast<std::uint64_t>(use) << 56U) | number;
}

/// 128 random bits.
CLEAVE_HOST_DEVICE constexpr PhiloxBlock random_bits(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  return philox({{static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32U),
                  static_cast<std::uint32_t>(stream), static_cast<std::uint32_t>(stream >> 32U)}},
                static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U));
}

namespace detail {

/// The 53 bits of a double in [0, 1) from two words.
CLEAVE_HOST_DEVICE constexpr double unit_interval(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = (std::uint64_t{high} << 21U) | (low >> 11U);
  return static_cast<double>(bits) * 0x1p-53;
}

} // namespace detail

/// A number in [0, 1), of 53 random bits.
CLEAVE_HOST_DEVICE constexpr double uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  const PhiloxBlock bits = random_bits(seed, stream, index);
  return detail::unit_interval(bits.words[0], bits.words[1]);
}

/// A whole number in [0, bound), for 1 <= bound < 2^53; the bias is below bound / 2^53.
CLEAVE_HOST_DEVICE constexpr extent uniform_below(extent bound, std::uint64_t seed, std::uint64_t stream,
                                                  std::uint64_t index) {
  return static_cast<extent>(uniform(seed, stream, index) * static_cast<double>(bound));
}

/// A number with mean 0 and deviation 1 (Box-Muller); at most 8.6 in magnitude.
CLEAVE_HOST_DEVICE inline double normal(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  constexpr double two_pi = 6.283185307179586;
  const PhiloxBlock bits = random_bits(seed, stream, index);
  const double above_zero = 1 - detail::unit_interval(bits.words[0], bits.words[1]); // its logarithm is finite
  const double angle = two_pi * detail::unit_interval(bits.words[2], bits.words[3]);
  return math::sqrt(-2 * math::log(above_zero)) * math::cos(angle);
}

} // namespace cleave
