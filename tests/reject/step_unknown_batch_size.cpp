// SPDX-License-Identifier: Apache-2.0
// expect: this batch size is not among the job's Batches
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

void run(cleave::DataParallelGroup<Job>& group, const cleave::Batch<Job, 9>& nine, const cleave::Batch<Job, 8>& eight) {
#ifdef CLEAVE_REJECT
  group.step(nine, {}); // wrong
#else
  group.step(eight, {});
#endif
  static_cast<void>(nine);
  static_cast<void>(eight);
}
