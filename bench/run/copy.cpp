// SPDX-License-Identifier: Apache-2.0
// copy/KIND/COUNT and triad/KIND/COUNT: bytes a second by working set, with and without stores that bypass the caches.
#include "machine.hpp"
#include "support.hpp"

namespace {

using Copy = void (*)(float*, const float*, long);
using Triad = void (*)(float*, const float*, const float*, long);

void run_copy(benchmark::State& state, Copy copy) {
  const long count = state.range(0);
  const bench::Array<> x(count);
  const bench::Array<> out(count);
  for (auto _ : state) {
    copy(out.data(), x.data(), count);
    benchmark::ClobberMemory();
  }
  bench::count_bytes(state, 2. * 4. * static_cast<double>(count));
}
void run_triad(benchmark::State& state, Triad triad) {
  const long count = state.range(0);
  const bench::Array<> x(count);
  const bench::Array<> y(count);
  const bench::Array<> out(count);
  for (auto _ : state) {
    triad(out.data(), x.data(), y.data(), count);
    benchmark::ClobberMemory();
  }
  bench::count_bytes(state, 3. * 4. * static_cast<double>(count));
}

void working_sets(benchmark::internal::Benchmark* bench) {
  bench->Arg(bench::in_l1)->Arg(bench::in_l2)->Arg(bench::in_l3)->Arg(bench::in_dram);
}

void plain_copy(benchmark::State& state) { run_copy(state, bench::machine().copy); }
void stream_copy(benchmark::State& state) { run_copy(state, bench::machine().stream_copy); }
void plain_triad(benchmark::State& state) { run_triad(state, bench::machine().triad); }
void stream_triad(benchmark::State& state) { run_triad(state, bench::machine().stream_triad); }

BENCHMARK(plain_copy)->Name("copy/plain")->Apply(working_sets);
// (the matrices of softmax.cpp and normalize.cpp)
BENCHMARK(plain_copy)->Name("copy/plain")->Arg(1024L * 1000)->Arg(128L * 1000)->Arg(1024L * 768);
BENCHMARK(stream_copy)->Name("copy/stream")->Apply(working_sets);
BENCHMARK(plain_triad)->Name("triad/plain")->Apply(working_sets);
BENCHMARK(stream_triad)->Name("triad/stream")->Apply(working_sets);

} // namespace
