// SPDX-License-Identifier: Apache-2.0
// expect: Batch: expects the job's data inputs, or its data and its label inputs, in order
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

void run(cleave::View<const float, cleave::Shape<N<8>, C<12>>> x) {
#ifdef CLEAVE_REJECT
  const cleave::Batch<Job, 8> rows(x, x, x); // wrong
#else
  const cleave::Batch<Job, 8> rows(x);
#endif
  static_cast<void>(x);
  static_cast<void>(rows);
}
