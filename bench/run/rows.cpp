// SPDX-License-Identifier: Apache-2.0
// softmax/ROWSxCLASSES: softmax and the gradient of its cross entropy, as a training step runs them: four passes over
// rows x classes floats. sum/all/WHO/COUNT, FOLD/AXIS/WIDTH/COUNT: folds over everything, over the trailing axis of
// rows of WIDTH and over the leading axis of WIDTH columns. Read as fractions of `copy`.
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

void working_sets(benchmark::internal::Benchmark* bench) {
  bench->Arg(bench::in_l1)->Arg(bench::in_l2)->Arg(bench::in_l3)->Arg(bench::in_dram);
}

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
/// `fold` over one loop of two: over the trailing axis of rows of `width`, or over the leading axis of `width` columns.
void fold_one_axis(benchmark::State& state, cleave::Kernel fold, bool leading, long width, long count) {
  const long rows = count / width;
  const bench::Array<> x(rows * width);
  const bench::Array<> out(2 * (rows + width)); // positions take twice the room
  bench::KernelCall call(out.data(), {x.data()}, {2, rows, width});
  call.arguments.masks[0] = leading ? 1 : 2;
  for (auto _ : state) {
    call.run(fold);
    benchmark::ClobberMemory();
  }
  bench::count_bytes(state, 4. * static_cast<double>(rows * width));
}

/// A bias gradient by grains of 32 rows.
void sum_grains(benchmark::State& state) {
  const long columns = 128;
  const long rows = state.range(0) / columns;
  const bench::Array<> x(rows * columns);
  const bench::Array<> roots(64 * columns);
  bench::KernelCall call(roots.data(), {x.data()}, {2, rows, columns, 32, 0});
  call.arguments.masks[0] = 1;
  for (auto _ : state) {
    call.run(&kernels::reduce_sum<float>);
    benchmark::ClobberMemory();
  }
  bench::count_bytes(state, 4. * static_cast<double>(rows * columns));
}

bool add_folds() {
  const auto add = [](const std::string& name, cleave::Kernel fold, bool leading, long width) {
    for (const long count : {bench::in_l2, bench::in_l3, bench::in_dram}) {
      const std::string full =
          name + (leading ? "/leading/" : "/trailing/") + std::to_string(width) + "/" + std::to_string(count);
      benchmark::RegisterBenchmark(full.c_str(),
                                   [=](benchmark::State& state) { fold_one_axis(state, fold, leading, width, count); });
    }
  };
  for (const long width : {3L, 10L, 32L, 100L, 1000L}) {
    add("sum", &kernels::reduce_sum<float>, false, width);
  }
  for (const long width : {3L, 10L, 16L, 128L, 1000L}) {
    add("sum", &kernels::reduce_sum<float>, true, width);
  }
  add("max", &kernels::reduce_max<float>, false, 10);
  add("max", &kernels::reduce_max<float>, false, 1000);
  add("argmax", &kernels::reduce_argmax<float>, false, 10);
  add("argmax", &kernels::reduce_argmax<float>, false, 1000);
  add("logsumexp", &kernels::reduce_logsumexp<float>, false, 10);
  add("logsumexp", &kernels::reduce_logsumexp<float>, false, 1000);
  return true;
}
[[maybe_unused]] const bool added = add_folds();

BENCHMARK(sum_all)->Name("sum/all/cleave")->Apply(working_sets);
BENCHMARK(sum_all_eigen)->Name("sum/all/eigen")->Apply(working_sets);
BENCHMARK(sum_grains)->Name("sum/grains_of_32")->Arg(bench::in_l2)->Arg(bench::in_l3);

} // namespace
