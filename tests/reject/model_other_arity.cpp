// SPDX-License-Identifier: Apache-2.0
// expect: the model cannot be called with one symbol for each data input
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::N;

struct Model {
#ifdef CLEAVE_REJECT
  constexpr auto operator()(auto data, auto more) const { return data + more; }
#else
  constexpr auto operator()(auto data) const { return data; }
#endif
};

struct Job {
  using model = Model;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<8>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<12>>>;
};

void run(cleave::DataParallelGroup<Job>& group) { group.backward(); } // wrong
