// SPDX-License-Identifier: Apache-2.0
// expect: slice: the batch axis N cannot be cut, joined or moved inside a model, since its rows lie on different
// devices; do it to the batch before it is scattered, or to the merged output expect: batch_axis_cut
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const {
#ifdef CLEAVE_REJECT
    return cleave::slice<N, 0, 4>(data); // wrong
#else
    return cleave::slice<C, 0, 4>(data);
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
