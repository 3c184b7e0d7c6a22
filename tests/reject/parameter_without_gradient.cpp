// SPDX-License-Identifier: Apache-2.0
// expect: differentiate: no path leads from this parameter or input to a loss; freeze it, or use it
// expect: text<'f','c','2','_','w','e','i','g','h','t'>
// expect: Shape<
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const {
    const auto hidden = cleave::linear<"fc1", C<10>>(data);
#ifdef CLEAVE_REJECT
    static_cast<void>(cleave::linear<"fc2", C<4>>(hidden)); // made and forgotten
#endif
    return cleave::softmax_output<"softmax">(hidden);
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
