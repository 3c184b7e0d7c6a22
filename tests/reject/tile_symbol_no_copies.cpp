// SPDX-License-Identifier: Apache-2.0
// expect: tile: expects an axis of the operand and how often it is wanted, at least once
// expect: range_empty
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const {
#ifdef CLEAVE_REJECT
    return cleave::tile<C, 0>(data); // wrong
#else
    return cleave::tile<C, 1>(data);
#endif
  }
};

struct Job {
  using model = Model;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<8>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<12>>>;
};

void run(cleave::DataParallelGroup<Job>& group, const cleave::Batch<Job, 8>& rows) {
  group.forward<cleave::Mode::evaluate>(rows);
}
