// SPDX-License-Identifier: Apache-2.0
// expect: merged_outputs: the model has several outputs; take each with merged_output<k>()
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const { return cleave::outputs(relu(data), cleave::sum<N>(data)); }
};

struct Job {
  using model = Model;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<8>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<12>>>;
};

void run(cleave::DataParallelGroup<Job>& group) {
#ifdef CLEAVE_REJECT
  static_cast<void>(group.merged_outputs()); // wrong
#else
  static_cast<void>(group.merged_output<1>());
#endif
}
