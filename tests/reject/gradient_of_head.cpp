// SPDX-License-Identifier: Apache-2.0
// expect: differentiate: an operation without a derivative lies between a parameter and the loss
// expect: text<'s','o','f','t','m','a','x','_','o','u','t','p','u','t'>
#include <cleave/cleave.hpp>
#include <cleave/passes/gradient.hpp>

using cleave::axes::C, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const {
    const auto y = cleave::linear<"fc", C<3>>(data);
    const auto p = cleave::softmax_output<"softmax">(y);
#ifdef CLEAVE_REJECT
    const auto slope = cleave::gradient(cleave::sum<N, C>(p), y);
#else
    const auto slope = cleave::gradient(cleave::sum<N, C>(tanh(y)), y);
#endif
    return cleave::outputs(p, block_grad(slope));
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
