// SPDX-License-Identifier: Apache-2.0
// expect: DataParallelGroup: a device has at least 1 thread
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
#ifdef CLEAVE_REJECT
  static constexpr int threads = 0;
#else
  static constexpr int threads = 1;
#endif
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<12>>>;
  using labels = cleave::Inputs<cleave::Input<"softmax_label", float, N<cleave::batch>>>;
  using optimizer = cleave::Sgd;
};

void run(cleave::DataParallelGroup<Job>& group) { group.backward(); } // wrong
