// SPDX-License-Identifier: Apache-2.0
// expect: model: two parameters or inputs have the same name
// expect: text<'d','r','o','p'>
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const {
#ifdef CLEAVE_REJECT
    const auto first = cleave::dropout<"drop">(data, 0.5);
    return cleave::make_loss(cleave::linear<"fc", C<4>>(cleave::dropout<"drop">(first, 0.5)));
#else
    const auto first = cleave::dropout<"drop">(data, 0.5);
    return cleave::make_loss(cleave::linear<"fc", C<4>>(cleave::dropout<"other">(first, 0.5)));
#endif
  }
};

struct Job {
  using model = Model;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<8>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<12>>>;
  using optimizer = cleave::Sgd;
};

void run(cleave::DataParallelGroup<Job>& group) { group.backward(); } // wrong
