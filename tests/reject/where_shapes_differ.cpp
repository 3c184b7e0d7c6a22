// SPDX-License-Identifier: Apache-2.0
// expect: the axes of one operand must be found in the other
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

void run() {
  const cleave::Tensor<float, cleave::Shape<N<4>, C<3>>> x;
  const cleave::Tensor<float, cleave::Shape<C<4>>> wide;
  const cleave::Tensor<float, cleave::Shape<C<3>>> row;
#ifdef CLEAVE_REJECT
  static_cast<void>(where(x, wide, 0.F)); // wrong
#else
  static_cast<void>(where(x, row, 0.F));
#endif
}
