// SPDX-License-Identifier: Apache-2.0
// expect: differentiate: no path leads from this parameter or input to a loss; freeze it, or use it
// expect: text<'f','c','1','_','w','e','i','g','h','t'>
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const {
    const auto hidden = cleave::linear<"fc1", C<16>>(data);
#ifdef CLEAVE_REJECT
    return cleave::softmax_output<"softmax">(cleave::linear<"fc2", C<10>>(block_grad(hidden)));
#else
    return cleave::softmax_output<"softmax">(cleave::linear<"fc2", C<10>>(hidden));
#endif
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

void run(cleave::DataParallelGroup<Job>& group) { group.backward(); } // wrong
