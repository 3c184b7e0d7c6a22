// SPDX-License-Identifier: Apache-2.0
// expect: requests: there is no parameter (or data input) of this name in the model
// expect: text<'f','c','9','_','b','i','a','s'>
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
#ifdef CLEAVE_REJECT
  using requests = cleave::Requests<cleave::Freeze<"fc9_bias">>;
#else
  using requests = cleave::Requests<cleave::Freeze<"fc1_bias">>;
#endif
};

void run(cleave::DataParallelGroup<Job>& group) { group.backward(); } // wrong
