// SPDX-License-Identifier: Apache-2.0
// expect: squeeze: expects an axis of the operand that has one element
// expect: size_differs
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const {
#ifdef CLEAVE_REJECT
    return cleave::squeeze<C>(data); // wrong
#else
    return cleave::squeeze<H>(data);
#endif
  }
};

struct Job {
  using model = Model;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<8>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<3>, H<1>>>;
};

void run(cleave::DataParallelGroup<Job>& group, const cleave::Batch<Job, 8>& rows) {
  group.forward<cleave::Mode::evaluate>(rows);
}
