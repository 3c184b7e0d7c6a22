// SPDX-License-Identifier: Apache-2.0
// expect: concat: expects symbols of one model that have the joined axis
// expect: axis_absent
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N, cleave::axes::W;

struct Model {
  constexpr auto operator()(auto data) const {
#ifdef CLEAVE_REJECT
    return cleave::concat<H>(data, cleave::rename<H, W>(data)); // wrong
#else
    return cleave::concat<H>(data, cleave::flip<H>(data));
#endif
  }
};

struct Job {
  using model = Model;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<8>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, H<3>, C<2>>>;
};

void run(cleave::DataParallelGroup<Job>& group, const cleave::Batch<Job, 8>& rows) {
  group.forward<cleave::Mode::evaluate>(rows);
}
