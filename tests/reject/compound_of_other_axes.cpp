// SPDX-License-Identifier: Apache-2.0
// expect: elementwise operation: the axes of one operand must be found in the other, by name, in order and with equal
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N, cleave::axes::O;

void check(cleave::Tensor<float, cleave::Shape<N<3>, C<4>>> a) {
  const cleave::Tensor<float, cleave::Shape<C<4>, O<5>>> b;
#ifdef CLEAVE_REJECT
  a += b; // wrong
#else
  a += cleave::sum<O>(b);
#endif
}
