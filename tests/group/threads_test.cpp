// SPDX-License-Identifier: Apache-2.0
// A device's threads: they share the tiles of its kernels, and change no bit.
#include "support/jobs.hpp"

#include <catch2/catch.hpp>

using cleave::axes::C, cleave::axes::N;

namespace {

struct Wide { // kernels that are worth a handover
  constexpr auto operator()(auto data) const {
    const auto h1 = relu(cleave::linear<"fc1", C<320>>(data));
    const auto h2 = tanh(cleave::linear<"fc2", C<200>>(h1));
    return cleave::softmax_output<"softmax">(cleave::linear<"fc3", C<10>>(h2));
  }
};

template <int Threads>
struct WideJob {
  using model = Wide;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<192>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<300>>>;
  using labels = cleave::Inputs<cleave::Input<"softmax_label", float, N<cleave::batch>>>;
  using optimizer = cleave::Sgd;
  static constexpr int threads = Threads;
};

template <int Threads>
std::vector<float> trained() {
  using Job = WideJob<Threads>;
  const auto data = cleave::random_normal<float, cleave::Shape<N<192>, C<300>>>(1);
  cleave::Tensor<float, cleave::Shape<N<192>>> labels;
  for (int i = 0; i < 192; ++i) {
    labels.data()[i] = static_cast<float>(i % 10);
  }
  cleave::DataParallelGroup<Job> group;
  group.initialize(test::Ramp{}, 3);
  for (int i = 0; i < 4; ++i) {
    group.step(cleave::Batch<Job, 192>(data, labels), {.learning_rate = 0.01, .momentum = 0.9});
  }
  std::vector<float> all = test::copy_of(group.template parameter<"fc1_weight">());
  for (const float x : test::copy_of(group.template parameter<"fc2_weight">())) {
    all.push_back(x);
  }
  for (const float x : test::copy_of(group.template parameter<"fc3_bias">())) {
    all.push_back(x);
  }
  return all;
}

/// Squares its data, for subnormal results.
struct Squares {
  constexpr auto operator()(auto data) const { return data * data; }
};
struct SquaresJob {
  using model = Squares;
  using devices = cleave::Devices<cleave::Cpu<0>>;
  using batches = cleave::Batches<4>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>>>;
};
struct KeptSquaresJob : SquaresJob {
  static constexpr auto subnormals = cleave::Subnormals::kept;
};

template <class Job>
float square_of(float x) {
  cleave::DataParallelGroup<Job> group;
  const cleave::Tensor<float, cleave::Shape<N<4>>> data = cleave::full<cleave::Shape<N<4>>>(x);
  group.template forward<cleave::evaluate>(cleave::Batch<Job, 4>(data));
  return group.merged_outputs().data()[0];
}

} // namespace

TEST_CASE("any number of threads a device trains the same parameters, to the bit", "[group][threads]") {
  const std::vector<float> one = trained<1>();
  CHECK(trained<2>() == one);
  CHECK(trained<3>() == one);
}

TEST_CASE("a job may ask its devices to compute with subnormal numbers", "[group][threads]") {
  const float root = 1e-20F;
  CHECK(square_of<SquaresJob>(root) == 0);
  CHECK(square_of<KeptSquaresJob>(root) == root * root);
  CHECK(root * root > 0);
}
