// SPDX-License-Identifier: Apache-2.0
// expect: forward<train>: the job has neither labels nor an optimizer, so it only evaluates
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const { return relu(data); }
};

struct Job {
  using model = Model;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<8>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<12>>>;
};

void run(cleave::DataParallelGroup<Job>& group, const cleave::Batch<Job, 8>& rows) {
#ifdef CLEAVE_REJECT
  group.forward<cleave::train>(rows); // wrong
#else
  group.forward<cleave::evaluate>(rows);
#endif
}
