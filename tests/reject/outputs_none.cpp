// SPDX-License-Identifier: Apache-2.0
// expect: outputs: a model returns at least one symbol
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::N;

struct Model {
  constexpr auto operator()([[maybe_unused]] auto data) const {
#ifdef CLEAVE_REJECT
    return cleave::outputs(); // wrong
#else
    return cleave::outputs(data);
#endif
  }
};

struct Job {
  using model = Model;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<8>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<12>>>;
};

void run(cleave::DataParallelGroup<Job>& group) { group.backward(); }
