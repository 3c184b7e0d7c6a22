// SPDX-License-Identifier: Apache-2.0
#include <cleave/tensor/random.hpp>

#include <catch2/catch.hpp>

#include <cmath>
#include <set>

namespace {

using cleave::extent;
using cleave::philox;
using cleave::PhiloxBlock;
using cleave::RandomUse;

constexpr bool equal(const PhiloxBlock& a, const PhiloxBlock& b) {
  for (int i = 0; i < 4; ++i) {
    if (a.words[i] != b.words[i]) {
      return false;
    }
  }
  return true;
}

// The known answers published with Philox: all zeros, all ones, digits of pi.
static_assert(equal(philox({}, 0, 0), {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}));
static_assert(equal(philox({{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}}, 0xffffffff, 0xffffffff),
                    {{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}}));
static_assert(equal(philox({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, 0xa4093822, 0x299f31d0),
                    {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}));
static_assert(equal(cleave::random_bits(0x299f31d0a4093822, 0x0370734413198a2e, 0x85a308d3243f6a88),
                    {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}));

TEST_CASE("philox gives its published answers while running too", "[tensor][random]") {
  const volatile std::uint32_t zero = 0;
  CHECK(equal(philox({{zero, zero, zero, zero}}, zero, zero), {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}));
}

TEST_CASE("the ends of the unit interval are 0 and the largest double below 1", "[tensor][random]") {
  CHECK(cleave::detail::unit_interval(0, 0) == 0.);
  CHECK(cleave::detail::unit_interval(0xffffffff, 0xffffffff) == 1 - 0x1p-53);
}

TEST_CASE("uniform numbers fill [0, 1) evenly", "[tensor][random]") {
  constexpr int count = 20000;
  int bins[10]{};
  double sum = 0;
  double squares = 0;
  for (unsigned i = 0; i < count; ++i) {
    const double u = cleave::uniform(7, 3, i);
    REQUIRE((u >= 0 && u < 1));
    ++bins[static_cast<int>(u * 10)];
    sum += u;
    squares += u * u;
  }
  CHECK(sum / count == Approx(0.5).margin(0.01));
  CHECK(squares / count == Approx(1. / 3).margin(0.01));
  for (const int bin : bins) {
    CHECK(std::abs(bin - count / 10) < 200);
  }
}

TEST_CASE("normal numbers have mean 0, deviation 1 and no skew", "[tensor][random]") {
  constexpr int count = 20000;
  double moments[5]{};
  for (unsigned i = 0; i < count; ++i) {
    const double x = cleave::normal(7, 3, i);
    for (int power = 1; power <= 4; ++power) {
      moments[power] += std::pow(x, power) / count;
    }
  }
  CHECK(moments[1] == Approx(0).margin(0.03));
  CHECK(moments[2] == Approx(1).margin(0.03));
  CHECK(moments[3] == Approx(0).margin(0.1));
  CHECK(moments[4] == Approx(3).margin(0.2));
}

TEST_CASE("seed, stream, index and purpose each change the number", "[tensor][random]") {
  const std::set<double> numbers = {
      cleave::uniform(1, 1, 1),
      cleave::uniform(2, 1, 1),
      cleave::uniform(1, 2, 1),
      cleave::uniform(1, 1, 2),
      cleave::uniform(1 + (1ULL << 32U), 1, 1),
      cleave::uniform(1, 1 + (1ULL << 32U), 1),
      cleave::uniform(1, 1, 1 + (1ULL << 32U)),
      cleave::uniform(1, cleave::random_stream(RandomUse::parameter, 1), 1),
      cleave::uniform(1, cleave::random_stream(RandomUse::shuffle, 1), 1),
  };
  CHECK(numbers.size() == 9);
  CHECK(cleave::random_stream(RandomUse::user, 5) == 5);
  CHECK(cleave::uniform(1, 1, 1) == cleave::uniform(1, 1, 1));
}

TEST_CASE("whole numbers stay below their bound and reach every value", "[tensor][random]") {
  std::set<extent> seen;
  for (unsigned i = 0; i < 500; ++i) {
    const extent n = cleave::uniform_below(7, 1, 2, i);
    REQUIRE((n >= 0 && n < 7));
    seen.insert(n);
    REQUIRE(cleave::uniform_below(1, 1, 2, i) == 0);
  }
  CHECK(seen.size() == 7);
}

} // namespace
