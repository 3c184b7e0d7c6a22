// SPDX-License-Identifier: Apache-2.0
#include <cleave/base/half.hpp>

#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>
#include <limits>

namespace {

using cleave::bfloat16, cleave::float16;

static_assert(float16(1.F).bits == 0x3C00);
static_assert(float16(-2.F).bits == 0xC000);
static_assert(static_cast<float>(float16(65504.F)) == 65504.F);
static_assert(bfloat16(1.F).bits == 0x3F80);

float from_bits(std::uint32_t bits) {
  float x = 0;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

/// The two neighbours among the 16-bit numbers, by bits of the magnitude, and the nearer one; of two, the even one.
template <class Half>
std::uint16_t nearest(float x) {
  std::uint32_t low = 0;
  std::uint32_t high = sizeof(Half) == 2 && std::isinf(static_cast<float>(Half(1e38F))) ? 0x7C00 : 0x7F80;
  const auto value = [](std::uint32_t bits) {
    Half half;
    half.bits = static_cast<std::uint16_t>(bits);
    return static_cast<double>(static_cast<float>(half));
  };
  const double wanted = std::abs(static_cast<double>(x));
  const std::uint32_t infinite = high;
  while (high - low > 1) {
    const std::uint32_t middle = (low + high) / 2;
    (value(middle) <= wanted ? low : high) = middle;
  }
  // Where infinity is the upper neighbour, the number that the next exponent would begin with stands for it.
  const double above = high == infinite ? 2 * value(low) - value(low - 1) : value(high);
  const double below = value(low);
  const bool up = wanted - below > above - wanted || (wanted - below == above - wanted && (low & 1) != 0);
  const std::uint32_t sign = std::signbit(x) ? 0x8000 : 0;
  return static_cast<std::uint16_t>(sign | (up ? high : low));
}

} // namespace

TEMPLATE_TEST_CASE("every number of 16 bits survives the way to float and back", "[base][half]", float16, bfloat16) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    TestType half;
    half.bits = static_cast<std::uint16_t>(bits);
    const float x = half;
    if (std::isnan(x)) {
      REQUIRE(std::isnan(static_cast<float>(TestType(x))));
    } else {
      REQUIRE(TestType(x).bits == half.bits);
    }
  }
}

TEMPLATE_TEST_CASE("floats are rounded to the nearest number of 16 bits", "[base][half]", float16, bfloat16) {
  for (std::uint64_t bits = 0; bits < 0x7F800000U; bits += 65521) { // a prime below 2^16: every place of the fraction
    for (const std::uint32_t sign : {0U, 0x80000000U}) {
      const float x = from_bits(static_cast<std::uint32_t>(bits) | sign);
      REQUIRE(TestType(x).bits == nearest<TestType>(x));
    }
  }
  for (std::uint32_t upper = 0; upper < 0x7F80U; ++upper) { // halfway and beside it, for either type
    for (const std::uint32_t lower : {0x0FFFU, 0x1000U, 0x1001U, 0x3000U, 0x7FFFU, 0x8000U, 0x8001U}) {
      const float x = from_bits(upper << 16U | lower);
      REQUIRE(TestType(x).bits == nearest<TestType>(x));
    }
  }
}

TEST_CASE("infinity stays, what is too large becomes infinite, and NaN stays NaN", "[base][half]") {
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(float16(infinity).bits == 0x7C00);
  CHECK(float16(65519.F).bits == 0x7BFF);
  CHECK(float16(65520.F).bits == 0x7C00);
  CHECK(bfloat16(-infinity).bits == 0xFF80);
  CHECK(bfloat16(3.4e38F).bits == 0x7F80);
  for (const std::uint32_t bits : {0x7F800001U, 0x7FC00000U, 0xFFFFFFFFU}) {
    CHECK(std::isnan(static_cast<float>(float16(from_bits(bits)))));
    CHECK(std::isnan(static_cast<float>(bfloat16(from_bits(bits)))));
  }
}
