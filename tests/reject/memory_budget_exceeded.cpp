// SPDX-License-Identifier: Apache-2.0
// expect: memory_budget: no plan of the program was found that fits, even with elementwise values computed again
// expect: Shape<
// expect-gcc: Axis<'B', 512>
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const { return cleave::sum<N, C>(tanh(cleave::linear<"fc", C<12>>(data))); }
};

struct Job {
  using model = Model;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<8>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<12>>>;
  using optimizer = cleave::Sgd;
#ifdef CLEAVE_REJECT
  static constexpr cleave::extent memory_budget = 512;
#else
  static constexpr cleave::extent memory_budget = 4096;
#endif
};

void run(cleave::DataParallelGroup<Job>& group) { group.backward(); } // wrong
