// SPDX-License-Identifier: Apache-2.0
// A job with a memory budget trains as the same job without one.
#include "support/jobs.hpp"

#include <catch2/catch.hpp>

namespace {

using test::C, test::N;

struct GatedModel {
  static constexpr auto gate(auto h) { return tanh(exp(-(h * h)) * sigmoid(h)) + h; }
  constexpr auto operator()(auto data) const {
    const auto h1 = gate(cleave::linear<"fc1", C<64>>(data));
    const auto h2 = gate(cleave::linear<"fc2", C<64>>(h1));
    return cleave::softmax_output<"softmax">(cleave::linear<"fc3", C<4>>(h2));
  }
};
struct Plain : test::MlpJob<cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>> {
  using model = GatedModel;
  static constexpr auto workload = cleave::workload(2., 1.);
};
template <class Job>
constexpr cleave::extent device_bytes(int device) {
  using Program = cleave::JobProgram<Job, cleave::train>;
  const auto total = [](const auto& plan) {
    cleave::extent sum = 0;
    for (const cleave::extent bytes : plan.arena_bytes) {
      sum += bytes;
    }
    return sum;
  };
  return device == 0 ? total(cleave::memory<Program, 16>) : total(cleave::memory<Program, 8>);
}
struct Tight : Plain {
  static constexpr cleave::extent memory_budget = device_bytes<Plain>(0) - 4096;
};
static_assert(device_bytes<Tight>(0) <= Tight::memory_budget);
static_assert(device_bytes<Tight>(1) <= Tight::memory_budget);
static_assert(cleave::JobProgram<Tight, cleave::train>::budget_rows == 16);

template <class Job>
std::vector<float> trained() {
  cleave::DataParallelGroup<Job> group;
  group.initialize(test::Ramp{}, 3);
  const test::Rowed<24> rows;
  cleave::Batch<Job, 24> batch(rows.data, rows.label);
  for (int step = 0; step < 5; ++step) {
    group.step(batch, {.learning_rate = 0.1});
  }
  return test::copy_of(group.template parameter<"fc1_weight">());
}

} // namespace

TEST_CASE("a job within a budget of bytes a device learns the same bits", "[passes]") {
  CHECK(trained<Plain>() == trained<Tight>());
}
