// SPDX-License-Identifier: Apache-2.0
// eager/WHO/COUNT: r = relu(x * 2 + y), three float arrays, by an eager expression, a loop written by hand with the
// same flags, and Eigen. Read as fractions of `triad`, which moves the same bytes.
#include "eigen.hpp"
#include "support.hpp"

#include <cleave/tensor.hpp>

namespace {

using cleave::axes::C;

void relu_axpy(float* __restrict out, const float* __restrict x, const float* __restrict y, long count) {
  for (long i = 0; i < count; ++i) {
    const float z = x[i] * 2.F + y[i];
    out[i] = z < 0 ? 0.F : z;
  }
}

void count(benchmark::State& state, long elements) {
  bench::count_bytes(state, 3. * 4. * static_cast<double>(elements));
}

template <long Count>
void cleave_expression(benchmark::State& state) {
  using T = cleave::Tensor<float, cleave::Shape<C<Count>>>;
  const bench::Array<> values(Count);
  const cleave::View<const float, cleave::Shape<C<Count>>> start(values.data());
  const T x(start);
  const T y(start);
  T r(start);
  for (auto _ : state) {
    r = relu(x * 2.F + y);
    benchmark::ClobberMemory();
  }
  count(state, Count);
}
template <long Count>
void by_hand(benchmark::State& state) {
  const bench::Array<> x(Count);
  const bench::Array<> y(Count);
  const bench::Array<> r(Count);
  for (auto _ : state) {
    relu_axpy(r.data(), x.data(), y.data(), Count);
    benchmark::ClobberMemory();
  }
  count(state, Count);
}
template <long Count, const bench::EigenKernels& Eigen>
void by_eigen(benchmark::State& state) {
  const bench::Array<> x(Count);
  const bench::Array<> y(Count);
  const bench::Array<> r(Count);
  for (auto _ : state) {
    Eigen.relu_axpy(r.data(), x.data(), y.data(), Count);
    benchmark::ClobberMemory();
  }
  count(state, Count);
}

template <long Count>
bool add() {
  const auto name = [](const char* who) { return std::string("eager/") + who + "/" + std::to_string(Count); };
  benchmark::RegisterBenchmark(name("cleave").c_str(), &cleave_expression<Count>);
  benchmark::RegisterBenchmark(name("hand").c_str(), &by_hand<Count>);
  benchmark::RegisterBenchmark(name("eigen").c_str(), &by_eigen<Count, bench::eigen_baseline>);
  benchmark::RegisterBenchmark(name("eigen_native").c_str(), &by_eigen<Count, bench::eigen_native>);
  return true;
}
[[maybe_unused]] const bool added =
    add<bench::in_l1>() && add<bench::in_l2>() && add<bench::in_l3>() && add<bench::in_dram>();

} // namespace
