// SPDX-License-Identifier: Apache-2.0
// expect: model: the label of a head does not have the shape the head needs
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const { return cleave::svm_output<"head">(data); }
};

struct Job {
  using model = Model;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<8>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<12>>>;
#ifdef CLEAVE_REJECT
  using labels = cleave::Inputs<cleave::Input<"head_label", float, N<cleave::batch>, C<12>>>;
#else
  using labels = cleave::Inputs<cleave::Input<"head_label", float, N<cleave::batch>>>;
#endif
};

void run(cleave::DataParallelGroup<Job>& group) { group.backward(); } // wrong
