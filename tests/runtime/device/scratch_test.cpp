// SPDX-License-Identifier: Apache-2.0
#include <cleave/base/error.hpp>
#include <cleave/device/scratch.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <cstring>
#include <thread>

TEST_CASE("scratch memory is aligned, grows, and stays where it is while it is large enough", "[device][scratch]") {
  std::byte* const first = cleave::scratch(1000);
  CHECK(reinterpret_cast<std::uintptr_t>(first) % cleave::alignment == 0);
  CHECK(cleave::scratch(1) == first);
  CHECK(cleave::scratch(0) != nullptr);
  constexpr std::size_t large = 3 << 20;
  std::memset(cleave::scratch(large), 1, large);
  CHECK(cleave::scratch(large) == cleave::scratch(1000));
}

TEST_CASE("every thread has scratch memory of its own", "[device][scratch]") {
  std::byte* const mine = cleave::scratch(64);
  std::byte* other = nullptr;
  std::thread([&other] { other = cleave::scratch(64); }).join();
  CHECK(mine != other);
}

TEST_CASE("scratch memory that cannot be had is an error, and the next request is served", "[device][scratch]") {
  CHECK_THROWS_AS(cleave::scratch(SIZE_MAX / 2), cleave::Error);
  CHECK(cleave::scratch(64) != nullptr);
}
