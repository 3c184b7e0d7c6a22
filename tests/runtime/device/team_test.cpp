// SPDX-License-Identifier: Apache-2.0
#include <cleave/base/error.hpp>
#include <cleave/device/team.hpp>

#include "kernels/cpu/parallel.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <limits>
#include <stdexcept>
#include <thread>
#include <vector>

using Catch::Matchers::Contains;
using cleave::extent;
using cleave::Team;
using cleave::kernels::Cost;

namespace {

constexpr Cost large{1e9, 0}; // worth every handover
constexpr Cost none{0, 0};

/// How often each tile was visited.
std::vector<int> visits(extent count, Cost cost) {
  std::vector<int> seen(static_cast<std::size_t>(count), 0);
  cleave::kernels::for_tiles(count, cost, [&seen](extent first, extent last) {
    for (extent i = first; i < last; ++i) {
      ++seen[static_cast<std::size_t>(i)];
    }
  });
  return seen;
}

} // namespace

TEST_CASE("every tile is visited once, by any number of threads", "[device][team]") {
  for (const int threads : {1, 2, 3, 5}) {
    Team team(threads);
    const Team::Use use(team);
    for (const extent count : {0, 1, 2, 3, 7, 100}) {
      for (const Cost cost : {large, none}) {
        CHECK(visits(count, cost) == std::vector<int>(static_cast<std::size_t>(count), 1));
      }
    }
  }
}

TEST_CASE("tiles are shared where that is worth it, and only while the team is used", "[device][team]") {
  Team team(3);
  const auto threads_of = [](extent count, Cost cost) {
    std::atomic<int> elsewhere{0};
    const auto caller = std::this_thread::get_id();
    cleave::kernels::for_tiles(count, cost, [&](extent /*first*/, extent /*last*/) {
      elsewhere += std::this_thread::get_id() == caller ? 0 : 1;
    });
    return 1 + elsewhere;
  };
  CHECK(threads_of(8, large) == 1);
  {
    const Team::Use use(team);
    CHECK(threads_of(8, large) == 3);
    CHECK(threads_of(2, large) == 2);
    CHECK(threads_of(8, none) == 1);
    cleave::kernels::for_tiles(4, large, [&](extent first, extent last) { // what a tile runs stays on its thread
      for (extent i = first; i < last; ++i) {
        if (threads_of(8, large) != 1) {
          throw std::logic_error("a tile was shared out again");
        }
      }
    });
    CHECK(threads_of(8, large) == 3);
  }
  CHECK(threads_of(8, large) == 1);
}

TEST_CASE("an exception of a tile comes back as it was thrown, and the team goes on", "[device][team]") {
  Team team(3);
  const Team::Use use(team);
  const auto task = [](extent first, extent last) {
    for (extent i = first; i < last; ++i) {
      if (i == 5) {
        throw std::out_of_range("tile 5");
      }
    }
  };
  CHECK_THROWS_AS(cleave::kernels::for_tiles(6, large, task), std::out_of_range);
  CHECK(visits(6, large) == std::vector<int>(6, 1));
  CHECK_THROWS_WITH(Team(0), Contains("Team: expected at least 1 thread"));
}

TEST_CASE("workers flush subnormal numbers, or keep them, as asked", "[device][team]") {
  for (const auto wanted : {cleave::Subnormals::flushed, cleave::Subnormals::kept}) {
    Team team(2, wanted);
    const Team::Use use(team);
    const volatile float tiny = std::numeric_limits<float>::min();
    float halves[2] = {-1, -1};
    cleave::kernels::for_tiles(2, large, [&](extent first, extent last) {
      for (extent i = first; i < last; ++i) {
        halves[i] = tiny * 0.5F;
      }
    });
    for (const float half : halves) {
      CHECK((half == 0) == (wanted == cleave::Subnormals::flushed));
    }
  }
}
