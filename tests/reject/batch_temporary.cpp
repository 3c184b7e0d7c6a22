// SPDX-License-Identifier: Apache-2.0
// expect: Batch: borrows its arrays, and a temporary tensor is gone before the step; give it a name first
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

using Rows = cleave::Tensor<float, cleave::Shape<N<8>, C<12>>>;

void run() {
#ifdef CLEAVE_REJECT
  const cleave::Batch<Job, 8> rows(Rows{}); // wrong
#else
  const Rows named;
  const cleave::Batch<Job, 8> rows(named);
#endif
  static_cast<void>(rows);
}
