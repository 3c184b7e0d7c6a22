// SPDX-License-Identifier: Apache-2.0
// step/mlp/devices:D: one training step of 784-128-64-10 at batch 128 on one and on two devices; its operations are the
// plan's own count. step/empty/devices:D: a model without parameters, two rows: what a step costs before any work.
// Where only the calling thread works its CPU time counts, which depends less on what else runs.
#include "support.hpp"

#include <cleave/cleave.hpp>
#include <cleave/train/initializer.hpp>

namespace {

using cleave::axes::C, cleave::axes::N;

struct Mlp {
  constexpr auto operator()(auto data) const {
    const auto h1 = relu(cleave::linear<"fc1", C<128>>(data));
    const auto h2 = relu(cleave::linear<"fc2", C<64>>(h1));
    return cleave::softmax_output<"softmax">(cleave::linear<"fc3", C<10>>(h2));
  }
};
template <class DeviceList>
struct MlpJob {
  using model = Mlp;
  using devices = DeviceList;
  using batches = cleave::Batches<128>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<784>>>;
  using labels = cleave::Inputs<cleave::Input<"softmax_label", float, N<cleave::batch>>>;
  using optimizer = cleave::Sgd;
};

struct Nothing {
  constexpr auto operator()(auto data) const { return cleave::linear_regression_output<"nothing">(data); }
};
template <class DeviceList>
struct EmptyJob {
  using model = Nothing;
  using devices = DeviceList;
  using batches = cleave::Batches<2>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<1>>>;
  using labels = cleave::Inputs<cleave::Input<"nothing_label", float, N<cleave::batch>, C<1>>>;
  using optimizer = cleave::Sgd;
};

using One = cleave::Devices<cleave::Cpu<0>>;
using Two = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;

/// Operations of all devices in one step; both have the same rows here.
template <class Job>
constexpr double flops() {
  constexpr auto slices = cleave::DataParallelGroup<Job>::template slices<>;
  return Job::devices::count * cleave::cost<cleave::JobProgram<Job, cleave::train>, slices.rows(0)>.flops;
}

template <class DeviceList>
void mlp_step(benchmark::State& state) {
  using Job = MlpJob<DeviceList>;
  cleave::DataParallelGroup<Job> group;
  group.initialize(cleave::Xavier{}, 1);
  const bench::Array<> values(128L * 784);
  const cleave::View<const float, cleave::Shape<N<128>, C<784>>> x(values.data());
  cleave::Tensor<float, cleave::Shape<N<128>>> label;
  for (int r = 0; r < 128; ++r) {
    label.data()[r] = static_cast<float>(r % 10);
  }
  const cleave::Batch<Job, 128> batch(x, label);
  for (auto _ : state) {
    group.step(batch, {.learning_rate = 0.001, .momentum = 0.9});
  }
  bench::count_flops(state, flops<Job>());
}
BENCHMARK(mlp_step<One>)->Name("step/mlp/devices:1");
BENCHMARK(mlp_step<Two>)->Name("step/mlp/devices:2")->UseRealTime();

template <class DeviceList>
void empty_step(benchmark::State& state) {
  using Job = EmptyJob<DeviceList>;
  cleave::DataParallelGroup<Job> group;
  const cleave::Tensor<float, cleave::Shape<N<2>, C<1>>> x;
  const cleave::Batch<Job, 2> batch(x, x);
  for (auto _ : state) {
    group.step(batch, {.learning_rate = 0.001});
  }
}
BENCHMARK(empty_step<One>)->Name("step/empty/devices:1");
BENCHMARK(empty_step<Two>)->Name("step/empty/devices:2")->UseRealTime();

} // namespace
