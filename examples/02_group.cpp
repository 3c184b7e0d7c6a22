// SPDX-License-Identifier: Apache-2.0
// One mini-batch over two devices: what the compiler knows, and what a few steps do.
#include <cleave/cleave.hpp>
#include <cleave/inspect/summary.hpp>
#include <cleave/train/initializer.hpp>

#include <cstdio>

using cleave::axes::C, cleave::axes::N;

struct Mlp {
  constexpr auto operator()(auto data) const {
    const auto hidden = relu(cleave::linear<"fc1", C<32>>(data));
    return cleave::softmax_output<"softmax">(cleave::linear<"fc2", C<2>>(hidden));
  }
};

struct Job {
  using model = Mlp;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<64>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<2>>>;
  using labels = cleave::Inputs<cleave::Input<"softmax_label", float, N<cleave::batch>>>;
  using optimizer = cleave::Sgd;
  static constexpr auto workload = cleave::workload(2., 1.);
};
static_assert(cleave::device_cost<Job, 0>.activation_bytes <= 24576); // 24 KiB; the plan is a constant

int main() {
  cleave::Tensor<float, cleave::Shape<N<64>, C<2>>> points;
  cleave::Tensor<float, cleave::Shape<N<64>>> inside; // is the point in the unit circle?
  for (int i = 0; i < 64; ++i) {
    const int row = i / 8;
    const float x = static_cast<float>(i % 8) / 2.F - 1.75F;
    const float y = static_cast<float>(row) / 2.F - 1.75F;
    points(i, 0) = x;
    points(i, 1) = y;
    inside(i) = x * x + y * y < 1.5F ? 1.F : 0.F;
  }
  std::printf("%s", cleave::summary<Job>());

  cleave::DataParallelGroup<Job> group;
  group.initialize(cleave::Xavier{}, 1);
  for (int step = 0; step <= 400; ++step) {
    group.step(cleave::Batch<Job, 64>(points, inside), {.learning_rate = 0.2, .momentum = 0.9});
    if (step % 100 == 0) {
      const auto p = group.merged_outputs(); // Tensor<float, Shape<N<64>, C<2>>, Cpu<0>>
      int right = 0;
      for (int i = 0; i < 64; ++i) {
        right += (p(i, 1) > 0.5F) == (inside(i) > 0.5F) ? 1 : 0;
      }
      std::printf("step %3d: %2d of 64 points right\n", step, right);
    }
  }
}
