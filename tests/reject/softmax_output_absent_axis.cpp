// SPDX-License-Identifier: Apache-2.0
// expect: softmax_output: the classes are along the last axis of the operand
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const {
#ifdef CLEAVE_REJECT
    return cleave::softmax_output<"head", H>(data); // wrong
#else
    return cleave::softmax_output<"head", C>(data);
#endif
  }
};

struct Job {
  using model = Model;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<8>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<12>>>;
  using labels = cleave::Inputs<cleave::Input<"head_label", float, N<cleave::batch>>>;
};

void run(cleave::DataParallelGroup<Job>& group) { group.backward(); }
