// SPDX-License-Identifier: Apache-2.0
#include <cleave/base/error.hpp>
#include <cleave/device/scratch.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <cstring>
#include <optional>
#include <thread>

using Catch::Matchers::Contains;
using cleave::Scratch;

namespace {

/// Where a piece of working memory lies that has ended since.
std::byte* address_of(std::size_t bytes) { return Scratch(bytes).data(); }

} // namespace

TEST_CASE("working memory is aligned, grows, and stays where it is while it is large enough", "[device][scratch]") {
  std::byte* const first = address_of(1000);
  CHECK(reinterpret_cast<std::uintptr_t>(first) % cleave::alignment == 0);
  CHECK(address_of(1) == first);
  CHECK(address_of(0) == nullptr);
  constexpr std::size_t large = 3 << 20;
  {
    const Scratch grown(large);
    std::memset(grown.data(), 1, large);
  }
  CHECK(address_of(large) == address_of(1000));
}

TEST_CASE("pieces that live at once have memory of their own", "[device][scratch]") {
  const Scratch outer(256);
  auto* const numbers = outer.as<unsigned char>();
  std::memset(numbers, 7, 256);
  {
    const Scratch inner(1 << 20);
    CHECK(inner.data() != outer.data());
    std::memset(inner.data(), 1, 1 << 20);
  }
  for (int i = 0; i < 256; ++i) {
    REQUIRE(numbers[i] == 7);
  }
  std::optional<Scratch> pieces[8];
  for (int i = 0; i < 7; ++i) {
    pieces[i].emplace(64U);
  }
  CHECK_THROWS_WITH(pieces[7].emplace(64U), Contains("Scratch: a thread has at most 8 pieces of working memory"));
  for (int i = 6; i >= 0; --i) {
    pieces[i].reset();
  }
  CHECK(address_of(64) != nullptr);
}

TEST_CASE("every thread has working memory of its own", "[device][scratch]") {
  const Scratch mine(64);
  std::byte* other = nullptr;
  std::thread([&other] { other = address_of(64); }).join();
  CHECK(mine.data() != other);
}

TEST_CASE("working memory that cannot be had is an error, and the next request is served", "[device][scratch]") {
  CHECK_THROWS_AS(Scratch(SIZE_MAX / 2), cleave::Error);
  CHECK_THROWS_AS(Scratch(SIZE_MAX), cleave::Error);
  CHECK(address_of(64) != nullptr);
}
