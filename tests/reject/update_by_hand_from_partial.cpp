// SPDX-License-Identifier: Apache-2.0
// expect: elementwise operation: an operand is a partial sum over devices; all-reduce it first (merged values
// expect: come from the group)
// expect: Partial<
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const {
    return cleave::softmax_output<"softmax">(cleave::linear<"fc1", C<10>>(data));
  }
};

struct Job {
  using model = Model;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<8>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<12>>>;
  using labels = cleave::Inputs<cleave::Input<"softmax_label", float, N<cleave::batch>>>;
  using optimizer = cleave::Sgd;
};

void run(cleave::DataParallelGroup<Job>& group) {
#ifdef CLEAVE_REJECT
  const cleave::Tensor moved = group.parameter<"fc1_bias">() - 0.1F * group.gradient<"fc1_bias">(0); // wrong
  group.set_parameter<"fc1_bias">(moved);
#else
  group.update({.learning_rate = 0.1});
#endif
}
