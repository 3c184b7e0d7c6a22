// SPDX-License-Identifier: Apache-2.0
// layer_norm/KERNEL/ROWSxCOLUMNS and batch_norm/KERNEL/ROWSxCHANNELSxSPACE: one kernel each, read as fractions of the
// copy of as many bytes, copy/plain.
#include "kernel_call.hpp"

#include <cleave/ops/normalize_kernels.hpp>

namespace {

namespace kernels = cleave::kernels;

void layer_norm(benchmark::State& state) {
  const long rows = state.range(0);
  const long columns = state.range(1);
  const bench::Array<> x(rows * columns);
  const bench::Array<> y(rows * columns);
  const bench::Array<> affine(2 * columns);
  const bench::Array<> moments(2 * rows);
  bench::KernelCall call(y.data(),
                         {x.data(), affine.data(), affine.data() + columns, moments.data(), moments.data() + rows},
                         {rows, columns, 1, 1});
  call.arguments.numbers[0] = 1e-5;
  for (auto _ : state) {
    call.run(&kernels::normalize_rows<float>);
    benchmark::ClobberMemory();
  }
  bench::count_bytes(state, 2. * 4. * static_cast<double>(rows * columns));
}
void layer_norm_gradient(benchmark::State& state) {
  const long rows = state.range(0);
  const long columns = state.range(1);
  const bench::Array<> x(rows * columns);
  const bench::Array<> dy(rows * columns);
  const bench::Array<> dx(rows * columns);
  const bench::Array<> gamma(columns);
  const bench::Array<> moments(2 * rows);
  const bench::KernelCall call(dx.data(), {dy.data(), x.data(), gamma.data(), moments.data(), moments.data() + rows},
                               {rows, columns, 1, 1});
  for (auto _ : state) {
    call.run(&kernels::normalize_rows_gradient<float>);
    benchmark::ClobberMemory();
  }
  bench::count_bytes(state, 3. * 4. * static_cast<double>(rows * columns));
}
void layer_norm_affine(benchmark::State& state) {
  const long rows = state.range(0);
  const long columns = state.range(1);
  const bench::Array<> x(rows * columns);
  const bench::Array<> dy(rows * columns);
  const bench::Array<> affine(2 * columns * 16);
  const bench::Array<> moments(2 * rows);
  const bench::KernelCall call(affine.data(), {dy.data(), x.data(), moments.data(), moments.data() + rows},
                               {rows, columns, 1, 1, 32, 0});
  for (auto _ : state) {
    call.run(&kernels::normalize_rows_affine_gradient<float>);
    benchmark::ClobberMemory();
  }
  bench::count_bytes(state, 2. * 4. * static_cast<double>(rows * columns));
}

BENCHMARK(layer_norm)->Name("layer_norm/forward")->Args({1024, 768})->Args({128, 768})->Args({1024, 64});
BENCHMARK(layer_norm_gradient)->Name("layer_norm/gradient")->Args({1024, 768});
BENCHMARK(layer_norm_affine)->Name("layer_norm/affine_gradient")->Args({1024, 768});

} // namespace
