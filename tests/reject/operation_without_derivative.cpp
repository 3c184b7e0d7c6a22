// SPDX-License-Identifier: Apache-2.0
// expect: differentiate: an operation without a derivative lies between a parameter and the loss
// expect: text<'s','t','e','p'>
// expect: Shape<
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::N;

struct Step : cleave::ElementwiseOp {
  static constexpr cleave::FixedString name = "step";
  template <class T>
  static constexpr T apply(T x) {
    return x > 0 ? T(1) : T(0);
  }
};
CLEAVE_OP(Step)

struct Model {
  constexpr auto operator()(auto data) const {
#ifdef CLEAVE_REJECT
    return cleave::softmax_output<"softmax">(cleave::apply<Step>(cleave::linear<"fc1", C<10>>(data)));
#else
    return cleave::softmax_output<"softmax">(cleave::linear<"fc1", C<10>>(cleave::apply<Step>(data)));
#endif
  }
};

struct Job {
  using model = Model;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<8>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<12>>>;
  using labels = cleave::Inputs<cleave::Input<"softmax_label", float, N<cleave::batch>>>;
  using optimizer = cleave::Sgd;
};

void run(cleave::DataParallelGroup<Job>& group) { group.backward(); } // wrong
