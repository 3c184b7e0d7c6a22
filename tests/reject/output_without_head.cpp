// SPDX-License-Identifier: Apache-2.0
// expect: differentiate: an output is no loss head and no scalar, so its gradient has no start
// expect: end the model in a head, or wrap the output in block_grad
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const {
    const auto scores = cleave::linear<"fc1", C<10>>(data);
#ifdef CLEAVE_REJECT
    return cleave::outputs(cleave::softmax_output<"softmax">(scores), scores);
#else
    return cleave::outputs(cleave::softmax_output<"softmax">(scores), block_grad(scores));
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
