// SPDX-License-Identifier: Apache-2.0
// expect: reshape: the batch axis N stays as it is inside a model, with as many elements before it, since its rows lie
// on different devices expect: batch_axis_folded
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const {
#ifdef CLEAVE_REJECT
    return cleave::reshape<C<96>>(data); // wrong
#else
    return cleave::reshape<N<cleave::batch>, H<12>>(data);
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
