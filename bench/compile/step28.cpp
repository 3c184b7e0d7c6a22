// SPDX-License-Identifier: Apache-2.0
// A training step of 28 nodes (the multilayer perceptron 784-128-64-10) on two devices with different row counts: what
// a user's unit costs to compile.
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::N;

struct Mlp {
  constexpr auto operator()(auto data) const {
    const auto h1 = relu(cleave::linear<"fc1", C<128>>(data));
    const auto h2 = relu(cleave::linear<"fc2", C<64>>(h1));
    return cleave::softmax_output<"softmax">(cleave::linear<"fc3", C<10>>(h2));
  }
};

struct Job {
  using model = Mlp;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<64>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<784>>>;
  using labels = cleave::Inputs<cleave::Input<"softmax_label", float, N<cleave::batch>>>;
  using optimizer = cleave::Sgd;
#ifndef CLEAVE_BENCH_ONE_ROW_COUNT
  static constexpr auto workload = cleave::workload(2., 1.); // 43 and 21 rows
#endif
};
static_assert(cleave::graph<cleave::JobProgram<Job, cleave::train>>.size() == 28);

void step(cleave::DataParallelGroup<Job>& group, const cleave::Batch<Job, 64>& batch) {
  group.step(batch, {.learning_rate = 0.1});
}
