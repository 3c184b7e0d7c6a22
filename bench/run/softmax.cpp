// SPDX-License-Identifier: Apache-2.0
// softmax/PASS/ROWSxCLASSES and log_softmax/...: one kernel each, read as fractions of the copy of as many bytes,
// copy/plain. In softmax/leading the classes lie in the leading axis.
#include "kernel_call.hpp"

#include <cleave/ops/kernels.hpp>

namespace {

namespace kernels = cleave::kernels;

void forward(benchmark::State& state, cleave::Kernel kernel, bool leading) {
  const long rows = state.range(0);
  const long classes = state.range(1);
  const bench::Array<> x(rows * classes);
  const bench::Array<> y(rows * classes);
  bench::KernelCall call(y.data(), {x.data()}, {leading ? 1 : rows, classes, leading ? rows : 1});
  call.arguments.numbers[0] = 1;
  for (auto _ : state) {
    call.run(kernel);
    benchmark::ClobberMemory();
  }
  bench::count_bytes(state, 2. * 4. * static_cast<double>(rows * classes));
}

void backward(benchmark::State& state, cleave::Kernel kernel) {
  const long rows = state.range(0);
  const long classes = state.range(1);
  const bench::Array<> y(rows * classes);
  const bench::Array<> dy(rows * classes);
  const bench::Array<> dx(rows * classes);
  bench::KernelCall call(dx.data(), {y.data(), dy.data()}, {rows, classes, 1});
  call.arguments.numbers[0] = 1;
  for (auto _ : state) {
    call.run(kernel);
    benchmark::ClobberMemory();
  }
  bench::count_bytes(state, 3. * 4. * static_cast<double>(rows * classes));
}

void sizes(benchmark::internal::Benchmark* bench) {
  bench->Args({1024, 1000})->Args({128, 1000})->Args({128, 10})->Args({4096, 10});
}

void softmax(benchmark::State& state) { forward(state, &kernels::softmax<float>, false); }
void softmax_leading(benchmark::State& state) { forward(state, &kernels::softmax<float>, true); }
void log_softmax(benchmark::State& state) { forward(state, &kernels::log_softmax<float>, false); }
void softmax_gradient(benchmark::State& state) { backward(state, &kernels::softmax_gradient<float>); }
void log_softmax_gradient(benchmark::State& state) { backward(state, &kernels::log_softmax_gradient<float>); }

BENCHMARK(softmax)->Name("softmax/forward")->Apply(sizes);
BENCHMARK(softmax_leading)->Name("softmax/leading")->Apply(sizes);
BENCHMARK(log_softmax)->Name("log_softmax/forward")->Apply(sizes);
BENCHMARK(softmax_gradient)->Name("softmax/gradient")->Apply(sizes);
BENCHMARK(log_softmax_gradient)->Name("log_softmax/gradient")->Apply(sizes);

} // namespace
