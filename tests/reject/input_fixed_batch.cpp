// SPDX-License-Identifier: Apache-2.0
// expect: Input: the axis N of an input is N<cleave::batch>
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
#ifdef CLEAVE_REJECT
  using data = cleave::Inputs<cleave::Input<"data", float, N<8>, C<12>>>;
#else
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<12>>>;
#endif
  using labels = cleave::Inputs<cleave::Input<"softmax_label", float, N<cleave::batch>>>;
  using optimizer = cleave::Sgd;
};

void run(cleave::DataParallelGroup<Job>& group) { group.backward(); } // wrong
