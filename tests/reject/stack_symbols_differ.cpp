// SPDX-License-Identifier: Apache-2.0
// expect: stack: expects symbols of one model, shape and element type
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::N, cleave::axes::T;

struct Model {
  constexpr auto operator()(auto data) const {
#ifdef CLEAVE_REJECT
    return cleave::stack<T>(data, cleave::slice<C, 0, 2>(data)); // wrong
#else
    return cleave::stack<T>(data, cleave::flip<C>(data));
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
