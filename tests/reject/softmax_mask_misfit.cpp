// SPDX-License-Identifier: Apache-2.0
// expect: softmax: the axes of the mask must be found in the operand
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

void run() {
  const cleave::Tensor<float, cleave::Shape<N<4>, C<3>>> x;
  const cleave::Tensor<float, cleave::Shape<C<4>>> wide;
  const cleave::Tensor<float, cleave::Shape<C<3>>> mask;
#ifdef CLEAVE_REJECT
  static_cast<void>(cleave::softmax<C>(x, wide)); // wrong
#else
  static_cast<void>(cleave::softmax<C>(x, mask));
#endif
}
