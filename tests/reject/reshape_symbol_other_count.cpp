// SPDX-License-Identifier: Apache-2.0
// expect: reshape: expects axes, each named once, for as many elements as the operand has
// expect: size_differs
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N, cleave::axes::W;

struct Model {
  constexpr auto operator()(auto data) const {
#ifdef CLEAVE_REJECT
    return cleave::reshape<N<8>, H<3>, W<5>>(data); // wrong
#else
    return cleave::reshape<N<8>, H<3>, W<4>>(data);
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
