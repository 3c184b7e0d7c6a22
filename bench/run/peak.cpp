// SPDX-License-Identifier: Apache-2.0
// peak/TYPE/threads:T: multiply-adds a second on T threads at once, counted as two operations each.
#include "machine.hpp"
#include "support.hpp"

#include <thread>

namespace {

constexpr long turns = 1L << 18U; // milliseconds, beside which starting a thread is nothing

template <class Loop>
void run_on_threads(benchmark::State& state, Loop loop, double flops_a_turn) {
  const long threads = state.range(0);
  for (auto _ : state) {
    std::thread other;
    if (threads == 2) {
      other = std::thread([loop] { benchmark::DoNotOptimize(loop(turns)); });
    }
    benchmark::DoNotOptimize(loop(turns));
    if (other.joinable()) {
      other.join();
    }
  }
  state.SetLabel(bench::machine().name);
  bench::count_flops(state, flops_a_turn * static_cast<double>(turns * threads));
}

void peak_f32(benchmark::State& state) {
  const bench::MachineKernels& machine = bench::machine();
  run_on_threads(state, machine.fma_f32, 2. * machine.accumulators * machine.lanes_f32);
}
void peak_f64(benchmark::State& state) {
  const bench::MachineKernels& machine = bench::machine();
  run_on_threads(state, machine.fma_f64, 2. * machine.accumulators * machine.lanes_f64);
}

BENCHMARK(peak_f32)->Name("peak/f32")->ArgName("threads")->Arg(1);
BENCHMARK(peak_f64)->Name("peak/f64")->ArgName("threads")->Arg(1);
BENCHMARK(peak_f32)->Name("peak/f32")->ArgName("threads")->Arg(2)->UseRealTime();
BENCHMARK(peak_f64)->Name("peak/f64")->ArgName("threads")->Arg(2)->UseRealTime();

} // namespace
