// SPDX-License-Identifier: Apache-2.0
// expect: model: a head needs a label that is among no labels of the job; add it to the job's labels
// expect: text<'s','o','f','t','m','a','x','_','l','a','b','e','l'>
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
  using labels = cleave::Inputs<cleave::Input<"label", float, N<cleave::batch>>>;
#else
  using labels = cleave::Inputs<cleave::Input<"softmax_label", float, N<cleave::batch>>>;
#endif
  using optimizer = cleave::Sgd;
};

void run(cleave::DataParallelGroup<Job>& group) { group.backward(); } // wrong
