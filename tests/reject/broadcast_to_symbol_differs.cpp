// SPDX-License-Identifier: Apache-2.0
// expect: broadcast_to: the axes of the operand must be found in the shape, by name, in order and with equal extents
// expect: shapes_differ
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const {
#ifdef CLEAVE_REJECT
    return cleave::broadcast_to<cleave::Shape<N<8>, C<13>, H<2>>>(data); // wrong
#else
    return cleave::broadcast_to<cleave::Shape<N<8>, C<12>, H<2>>>(data);
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
