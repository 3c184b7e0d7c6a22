// SPDX-License-Identifier: Apache-2.0
// expect: rename: expects an axis of the operand, and a letter that none of its axes has
// expect: axis_present
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N, cleave::axes::W;

struct Model {
  constexpr auto operator()(auto data) const {
#ifdef CLEAVE_REJECT
    return cleave::rename<C, H>(data); // wrong
#else
    return cleave::rename<C, W>(data);
#endif
  }
};

struct Job {
  using model = Model;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<8>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<3>, H<4>>>;
};

void run(cleave::DataParallelGroup<Job>& group, const cleave::Batch<Job, 8>& rows) {
  group.forward<cleave::Mode::evaluate>(rows);
}
