// SPDX-License-Identifier: Apache-2.0
// expect: svm_output: the operand must be a model's symbol
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const {
#ifdef CLEAVE_REJECT
    return cleave::svm_output<"head">(1.F); // wrong
#else
    return cleave::svm_output<"head">(data);
#endif
  }
};

struct Job {
  using model = Model;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<8>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<12>>>;
  using labels = cleave::Inputs<cleave::Input<"head_label", float, N<cleave::batch>>>;
  using optimizer = cleave::Sgd;
};

void run(cleave::DataParallelGroup<Job>& group) { group.backward(); }
