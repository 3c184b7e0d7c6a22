// SPDX-License-Identifier: Apache-2.0
// expect: crop: expects axes of the operand, each at least as long as its offset and the part that is wanted
// expect: range_outside
#include <cleave/cleave.hpp>

using cleave::axes::H, cleave::axes::N, cleave::axes::W;

struct Model {
  constexpr auto operator()(auto data) const {
#ifdef CLEAVE_REJECT
    return cleave::crop<H<3>, W<2>>(data, cleave::offset<2, 2>); // wrong
#else
    return cleave::crop<H<2>, W<2>>(data, cleave::offset<2, 2>);
#endif
  }
};

struct Job {
  using model = Model;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<8>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, H<4>, W<4>>>;
};

void run(cleave::DataParallelGroup<Job>& group, const cleave::Batch<Job, 8>& rows) {
  group.forward<cleave::Mode::evaluate>(rows);
}
