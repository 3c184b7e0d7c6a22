// SPDX-License-Identifier: Apache-2.0
#include <cleave/device/team.hpp>
#include <cleave/exec/lower.hpp>
#include <cleave/ops/elementwise.hpp>

#include "support/kernel_call.hpp"
#include "support/numbers.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <initializer_list>
#include <set>
#include <vector>

namespace {

using cleave::extent;
using cleave::leaf_unit;
using cleave::Statement;

/// A number for each thread that computes elements.
struct WhoComputes : cleave::ElementwiseOp {
  template <class T>
  static T apply(T /*x*/) {
    static std::atomic<int> threads{0};
    thread_local const int mine = threads++;
    return static_cast<T>(mine);
  }
};

template <class... Statements>
using Chain = cleave::Fused<float, cleave::Leaves<leaf_unit, leaf_unit, leaf_unit>, Statements...>;

/// Products and sums that a compiler may fuse, beside a choice between two values.
using Bent = Chain<Statement<cleave::Multiply, -2, -3>, Statement<cleave::LeakyRelu, -1, -2>,
                   Statement<cleave::Add, 0, 1>, Statement<cleave::Multiply, -1, -1>, Statement<cleave::Add, 2, 3>>;
using Who = Chain<Statement<WhoComputes, -1>>;

/// A chain over loops of these extents, along which all three leaves move.
template <class C>
std::vector<float> run(std::initializer_list<extent> extents, const std::vector<float>* leaves) {
  extent count = 1;
  std::vector<float> out;
  for (const extent each : extents) {
    count *= each;
  }
  out.resize(static_cast<std::size_t>(count));
  test::KernelCall call(out.data(), {leaves[0].data(), leaves[1].data(), leaves[2].data()}, {});
  int loops = 0;
  for (const extent each : extents) {
    call.arguments.sizes[++loops] = each;
  }
  call.arguments.sizes[0] = loops;
  for (int k = 0; k < 3; ++k) {
    call.arguments.masks[k] = static_cast<std::uint8_t>((1 << loops) - 1);
  }
  call.run(&cleave::detail::ChainKernel<C>::run);
  return out;
}

} // namespace

TEST_CASE("an element of a fused loop has the same bits wherever threads cut it", "[exec]") {
  constexpr extent count = 100 * 1003;
  const std::vector<float> leaves[] = {test::numbers<float>(count, 1, 0, 2), test::numbers<float>(count, 2, 0, 2),
                                       test::numbers<float>(count, 3, 0, 2)};
  const std::vector<float> alone = run<Bent>({count}, leaves);
  for (const int threads : {2, 3, 4, 7}) {
    cleave::Team team(threads);
    const cleave::Team::Use use(team);
    CHECK(run<Bent>({count}, leaves) == alone);
    CHECK(run<Bent>({100, 1003}, leaves) == alone);
    CHECK(run<Bent>({1003, 2, 50}, leaves) == alone);
  }
  // and in a shorter loop, where it may be in the rest behind whole vectors
  for (const extent first : {1, 3, 7, 50, 1001}) {
    const std::vector<float> rest[] = {{leaves[0].begin() + first, leaves[0].end()},
                                       {leaves[1].begin() + first, leaves[1].end()},
                                       {leaves[2].begin() + first, leaves[2].end()}};
    CHECK(run<Bent>({count - first}, rest) == std::vector<float>(alone.begin() + first, alone.end()));
  }
}

TEST_CASE("threads share a fused loop that is worth it, along the loop that has turns for all", "[exec]") {
  constexpr int threads = 4;
  constexpr extent count = 1 << 20;
  const std::vector<float> zeros(count, 0.F);
  const std::vector<float> leaves[] = {zeros, zeros, zeros};
  cleave::Team team(threads);
  const cleave::Team::Use use(team);
  const auto threads_of = [&](std::initializer_list<extent> extents) {
    const std::vector<float> who = run<Who>(extents, leaves);
    return std::set<float>(who.begin(), who.end()).size();
  };
  CHECK(threads_of({count}) == threads);
  CHECK(threads_of({1, count}) == threads);
  CHECK(threads_of({2, count / 2}) == threads);
  CHECK(threads_of({1, 2, count / 2}) == threads);
  CHECK(threads_of({count / 4, 4}) == threads);
  CHECK(threads_of({3}) == 1);
  CHECK(threads_of({}) == 1);
}
