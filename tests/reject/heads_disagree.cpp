// SPDX-License-Identifier: Apache-2.0
// expect: differentiate: a parameter is reached by heads that are normalised by different counts
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const {
    const auto scores = cleave::linear<"fc1", C<10>>(data);
#ifdef CLEAVE_REJECT
    return cleave::outputs(cleave::softmax_output<"softmax">(scores), cleave::sum<N, C>(scores));
#else
    return cleave::outputs(cleave::softmax_output<"softmax">(scores), cleave::mean<N>(cleave::sum<C>(scores)));
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
