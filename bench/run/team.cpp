// SPDX-License-Identifier: Apache-2.0
// handover/threads:T: what it costs to share nothing among T threads that spin: the price of `for_tiles`, whose
// constants in kernels/cpu/parallel.hpp are a few times this.
#include "support.hpp"

#include <cleave/device/team.hpp>

namespace {

void handover(benchmark::State& state) {
  const auto threads = static_cast<int>(state.range(0));
  cleave::Team team(threads);
  for (auto _ : state) {
    team.run(threads, threads, [](void* /*context*/, cleave::extent /*first*/, cleave::extent /*last*/) {}, nullptr);
  }
}
BENCHMARK(handover)->Name("handover")->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime();

} // namespace
