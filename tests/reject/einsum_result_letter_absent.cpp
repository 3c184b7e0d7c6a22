// SPDX-License-Identifier: Apache-2.0
// expect: einsum: expects for each operand the letters of its axes in order, and for the result some of these letters,
// each once expect: axis_absent expect: axis<'O'>
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const {
#ifdef CLEAVE_REJECT
    return cleave::einsum<"NC,NC->NO">(data, data); // wrong
#else
    return cleave::einsum<"NC,NC->N">(data, data);
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
