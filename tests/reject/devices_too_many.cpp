// SPDX-License-Identifier: Apache-2.0
// expect: DataParallelGroup: a group has at most 64 devices
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::N;

struct Model {
  constexpr auto operator()(auto data) const {
    return cleave::softmax_output<"softmax">(cleave::linear<"fc1", C<10>>(data));
  }
};

template <class Positions>
struct Many;
template <int... I>
struct Many<std::integer_sequence<int, I...>> {
  using type = cleave::Devices<cleave::Cpu<I>...>;
};

struct Job {
  using model = Model;
#ifdef CLEAVE_REJECT
  using devices = Many<std::make_integer_sequence<int, 65>>::type;
#else
  using devices = Many<std::make_integer_sequence<int, 64>>::type;
#endif
  using batches = cleave::Batches<65>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<12>>>;
  using labels = cleave::Inputs<cleave::Input<"softmax_label", float, N<cleave::batch>>>;
  using optimizer = cleave::Sgd;
};

void run(cleave::DataParallelGroup<Job>& group) { group.backward(); } // wrong
