// SPDX-License-Identifier: Apache-2.0
// expect: gradient: this parameter is frozen and has no gradient
// expect: text<'f','c','1','_','b','i','a','s'>
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
  using requests = cleave::Requests<cleave::Freeze<"fc1_bias">>;
};

void run(cleave::DataParallelGroup<Job>& group) {
#ifdef CLEAVE_REJECT
  static_cast<void>(group.gradient<"fc1_bias">(0)); // wrong
#else
  static_cast<void>(group.gradient<"fc1_weight">(0));
#endif
}
