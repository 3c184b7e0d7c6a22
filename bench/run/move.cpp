// SPDX-License-Identifier: Apache-2.0
// transpose/ROWSxCOLUMNS, permute/FORM, slice/RUN/COUNT, concat/RUN/COUNT: data that only moves, as bytes read and
// written a second. Read as fractions of `copy`.
#include "kernel_call.hpp"
#include "machine.hpp"

#include <cleave/ops/strided.hpp>

#include <string>

namespace {

namespace kernels = cleave::kernels;

constexpr long square = 2048L * 2048;

/// A strided copy of `count` words; loops as the kernel reads them.
void move(benchmark::State& state, long count, long operand_count, std::initializer_list<cleave::extent> sizes) {
  const bench::Array<> x(operand_count);
  const bench::Array<> out(count);
  const bench::KernelCall call(out.data(), {x.data()}, sizes);
  for (auto _ : state) {
    call.run(&kernels::strided_copy<std::uint32_t>);
    benchmark::ClobberMemory();
  }
  bench::count_bytes(state, 2. * 4. * static_cast<double>(count));
}

void transpose(benchmark::State& state) {
  const long rows = state.range(0);
  const long columns = state.range(1);
  move(state, rows * columns, rows * columns, {2, columns, 1, rows, rows, columns, 1});
}
BENCHMARK(transpose)->Name("transpose")->Args({2048, 2048})->Args({512, 512})->Args({128, 784})->Args({1000, 1000});

// What a transposition is read against.
void copy_square(benchmark::State& state, void (*copy)(float*, const float*, long)) {
  const bench::Array<> x(square);
  const bench::Array<> out(square);
  for (auto _ : state) {
    copy(out.data(), x.data(), square);
    benchmark::ClobberMemory();
  }
  bench::count_bytes(state, 2. * 4. * static_cast<double>(square));
}
void plain_square(benchmark::State& state) { copy_square(state, bench::machine().copy); }
void stream_square(benchmark::State& state) { copy_square(state, bench::machine().stream_copy); }
BENCHMARK(plain_square)->Name("copy/plain/4194304");
BENCHMARK(stream_square)->Name("copy/stream/4194304");

// 32 images of 56 x 56
void to_channels_last(benchmark::State& state) {
  const long channels = state.range(0);
  const long area = 56L * 56;
  move(state, 32 * channels * area, 32 * channels * area,
       {3, 32, channels * area, channels * area, area, 1, channels, channels, area, 1});
}
void to_channels_first(benchmark::State& state) {
  const long channels = state.range(0);
  const long area = 56L * 56;
  move(state, 32 * channels * area, 32 * channels * area,
       {3, 32, channels * area, channels * area, channels, 1, area, area, channels, 1});
}
BENCHMARK(to_channels_last)->Name("permute/nhwc")->Arg(3)->Arg(64);
BENCHMARK(to_channels_first)->Name("permute/nchw")->Arg(3)->Arg(64);

/// Half of every row.
void slice(benchmark::State& state) {
  const long run = state.range(0);
  const long count = state.range(1) / run * run;
  move(state, count, 2 * count, {2, count / run, 2 * run, run, run, 1, 1});
}
void runs(benchmark::internal::Benchmark* bench) {
  for (const long run : {3L, 10L, 50L, 1000L}) {
    for (const long count : {bench::in_l2, bench::in_l3, bench::in_dram}) {
      bench->Args({run, count});
    }
  }
}
BENCHMARK(slice)->Name("slice")->Apply(runs);

/// Two operands side by side in every row.
void concat(benchmark::State& state) {
  const long run = state.range(0);
  const long rows = state.range(1) / (2 * run);
  const bench::Array<> x(rows * run);
  const bench::Array<> y(rows * run);
  const bench::Array<> out(2 * rows * run);
  const bench::KernelCall call(out.data(), {x.data(), y.data()}, {2, rows, run, run});
  for (auto _ : state) {
    call.run(&kernels::join_rows<std::uint32_t>);
    benchmark::ClobberMemory();
  }
  bench::count_bytes(state, 2. * 4. * 2. * static_cast<double>(rows * run));
}
BENCHMARK(concat)->Name("concat")->Apply(runs);

} // namespace
