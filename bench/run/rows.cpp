// SPDX-License-Identifier: Apache-2.0
// softmax/ROWSxCLASSES: softmax and the gradient of its cross entropy, as a training step runs them: four passes over
// rows x classes floats. sum/FORM/COUNT: sums over everything and over the leading axis. Read as fractions of `copy`.
#include "eigen.hpp"
#include "kernel_call.hpp"

#include <cleave/ops/reduce_op.hpp>

#include <string>

namespace {

namespace kernels = cleave::kernels;

template <long Rows, long Classes>
void softmax_step(benchmark::State& state) {
  const bench::Array<> x(Rows * Classes);
  const bench::Array<> p(Rows * Classes);
  const bench::Array<> dx(Rows * Classes);
  const bench::Array<> label(Rows);
  for (long r = 0; r < Rows; ++r) {
    label.data()[r] = static_cast<float>(r % Classes);
  }
  bench::KernelCall forward(p.data(), {x.data()}, {Rows, Classes, 1});
  forward.arguments.numbers[0] = 1;
  const bench::KernelCall backward(dx.data(), {p.data(), label.data()}, {Rows, Classes, 1, 0});
  for (auto _ : state) {
    forward.run(&kernels::softmax<float>);
    backward.run(&kernels::softmax_output_gradient<float>);
    benchmark::ClobberMemory();
  }
  bench::count_bytes(state, 4. * 4. * Rows * Classes);
}
BENCHMARK(softmax_step<128, 10>)->Name("softmax/128x10");
BENCHMARK(softmax_step<128, 1000>)->Name("softmax/128x1000");

void sum_all(benchmark::State& state) {
  const long count = state.range(0);
  const bench::Array<> x(count);
  const bench::Array<> total(16);
  bench::KernelCall call(total.data(), {x.data()}, {1, count});
  call.arguments.masks[0] = 1;
  for (auto _ : state) {
    call.run(&kernels::reduce_sum<float>);
    benchmark::ClobberMemory();
  }
  bench::count_bytes(state, 4. * static_cast<double>(count));
}
void sum_all_eigen(benchmark::State& state) {
  const long count = state.range(0);
  const bench::Array<> x(count);
  for (auto _ : state) {
    benchmark::DoNotOptimize(bench::eigen_baseline.sum(x.data(), count));
    benchmark::ClobberMemory();
  }
  bench::count_bytes(state, 4. * static_cast<double>(count));
}
void sum_rows(benchmark::State& state) { // a bias gradient: 128 columns
  const long columns = 128;
  const long rows = state.range(0) / columns;
  const bench::Array<> x(rows * columns);
  const bench::Array<> total(columns);
  bench::KernelCall call(total.data(), {x.data()}, {2, rows, columns});
  call.arguments.masks[0] = 1;
  for (auto _ : state) {
    call.run(&kernels::reduce_sum<float>);
    benchmark::ClobberMemory();
  }
  bench::count_bytes(state, 4. * static_cast<double>(rows * columns));
}
BENCHMARK(sum_all)->Name("sum/all/cleave")->Arg(bench::in_l1)->Arg(bench::in_l3);
BENCHMARK(sum_all_eigen)->Name("sum/all/eigen")->Arg(bench::in_l1)->Arg(bench::in_l3);
BENCHMARK(sum_rows)->Name("sum/rows/cleave")->Arg(bench::in_l1)->Arg(bench::in_l3);

} // namespace
