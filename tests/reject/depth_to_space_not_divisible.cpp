// SPDX-License-Identifier: Apache-2.0
// expect: depth_to_space: expects axes C, H, W and at most one more
// expect: not_divisible
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N, cleave::axes::W;

struct Model {
  constexpr auto operator()(auto data) const {
#ifdef CLEAVE_REJECT
    return cleave::depth_to_space<3>(data); // wrong
#else
    return cleave::depth_to_space<2>(data);
#endif
  }
};

struct Job {
  using model = Model;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<8>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<4>, H<2>, W<2>>>;
};

void run(cleave::DataParallelGroup<Job>& group, const cleave::Batch<Job, 8>& rows) {
  group.forward<cleave::Mode::evaluate>(rows);
}
