// SPDX-License-Identifier: Apache-2.0
// expect: split: expects an axis of the operand whose extent is a multiple of the number of pieces
// expect: not_divisible
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const {
#ifdef CLEAVE_REJECT
    return cleave::split<C, 5>(data).template get<0>(); // wrong
#else
    return cleave::split<C, 4>(data).template get<0>();
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
