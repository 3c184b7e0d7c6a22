// SPDX-License-Identifier: Apache-2.0
// expect: differentiate: no path leads from this parameter
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const {
#ifdef CLEAVE_REJECT
    return cleave::mean<N>(cleave::sum<C>(floor(cleave::linear<"fc", C<4>>(data))));
#else
    return cleave::mean<N>(cleave::sum<C>(relu(cleave::linear<"fc", C<4>>(data))));
#endif
  }
};

struct Job {
  using model = Model;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<8>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<12>>>;
  using optimizer = cleave::Sgd;
};

void run(cleave::DataParallelGroup<Job>& group) { group.backward(); } // wrong
