// SPDX-License-Identifier: Apache-2.0
// expect: norm: a reduction over the batch axis that is no sum; the rows of a model lie on different devices, which
// only add. Reduce the merged output expect: batch_axis_reduced
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const {
#ifdef CLEAVE_REJECT
    return cleave::norm<N>(data); // wrong
#else
    return cleave::norm<C>(data);
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
