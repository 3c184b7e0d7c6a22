// SPDX-License-Identifier: Apache-2.0
// embedding/FORM/WIDTH: 4096 rows of a table of 20000, gathered and scattered back, as bytes read and written a second.
#include "kernel_call.hpp"

#include <cleave/ops/embedding_kernels.hpp>

namespace {

namespace kernels = cleave::kernels;

constexpr long rows = 20000;
constexpr long count = 4096;

/// Indices as floats, as MXNet's are.
bench::Array<> make_indices() {
  bench::Array<> indices(count);
  unsigned state = 1;
  for (long i = 0; i < count; ++i) {
    state = state * 1664525U + 1013904223U;
    indices.data()[i] = static_cast<float>((state >> 8U) % rows);
  }
  return indices;
}

void gather(benchmark::State& state) {
  const long width = state.range(0);
  const bench::Array<> table(rows * width);
  const bench::Array<> indices = make_indices();
  const bench::Array<> out(count * width);
  const bench::KernelCall call(out.data(), {table.data(), indices.data()},
                               {1, rows, width, count, static_cast<cleave::extent>(cleave::DType::f32)});
  for (auto _ : state) {
    call.run(&kernels::gather_rows<std::uint32_t>);
    benchmark::ClobberMemory();
  }
  bench::count_bytes(state, 2. * 4. * static_cast<double>(count * width));
}

/// Grains of 0 (none) or some indices.
void scatter(benchmark::State& state) {
  const long width = state.range(0);
  const bench::Array<> table(16 * rows * width);
  const bench::Array<> indices = make_indices();
  const bench::Array<> dy(count * width);
  const bench::KernelCall call(
      table.data(), {indices.data(), dy.data()},
      {1, rows, width, count, static_cast<cleave::extent>(cleave::DType::f32), 0, state.range(1), 0});
  for (auto _ : state) {
    call.run(&kernels::scatter_rows<float>);
    benchmark::ClobberMemory();
  }
  bench::count_bytes(state, 4. * static_cast<double>((count + rows) * width));
}

BENCHMARK(gather)->Name("embedding/gather")->Arg(16)->Arg(128)->Arg(512);
BENCHMARK(scatter)->Name("embedding/scatter")->Args({16, 0})->Args({128, 0})->Args({512, 0})->Args({128, 64});

} // namespace
