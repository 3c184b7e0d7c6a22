// SPDX-License-Identifier: Apache-2.0
// expect: gradient: the loss must be a scalar symbol; sum it over its axes
// expect: Shape<
#include <cleave/cleave.hpp>
#include <cleave/passes/gradient.hpp>

using cleave::axes::C, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const {
#ifdef CLEAVE_REJECT
    return cleave::gradient(tanh(data), data); // wrong
#else
    return cleave::gradient(cleave::sum<N, C>(tanh(data)), data);
#endif
  }
};

struct Job {
  using model = Model;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<8>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<12>>>;
};

void run(cleave::DataParallelGroup<Job>& group) { group.backward(); }
