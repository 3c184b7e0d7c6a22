// SPDX-License-Identifier: Apache-2.0
// expect: max: expects a tensor, or a model's symbol, that has the axes to reduce, each named once
// expect: axis_absent
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const {
#ifdef CLEAVE_REJECT
    return cleave::max<H>(data); // wrong
#else
    return cleave::max<C>(data);
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
