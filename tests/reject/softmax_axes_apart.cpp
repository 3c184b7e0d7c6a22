// SPDX-License-Identifier: Apache-2.0
// expect: softmax: expects a tensor of float or double
// expect: axes_apart
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const {
#ifdef CLEAVE_REJECT
    return cleave::softmax<H, C>(data); // wrong
#else
    return cleave::softmax<C, H>(data);
#endif
  }
};

struct Job {
  using model = Model;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<8>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<12>, H<2>>>;
};

void run(cleave::DataParallelGroup<Job>& group) { group.backward(); }
