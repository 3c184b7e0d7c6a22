// SPDX-License-Identifier: Apache-2.0
// expect: model: the label of a head does not have the shape the head needs
// expect: Axis<'C', 3>
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
#ifdef CLEAVE_REJECT
  using labels = cleave::Inputs<cleave::Input<"softmax_label", float, N<cleave::batch>, C<3>>>;
#else
  using labels = cleave::Inputs<cleave::Input<"softmax_label", float, N<cleave::batch>>>;
#endif
  using optimizer = cleave::Sgd;
};

void run(cleave::DataParallelGroup<Job>& group) { group.backward(); } // wrong
