// SPDX-License-Identifier: Apache-2.0
// expect: elementwise operation: all operands must have the same element type; convert one with cast
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check(cleave::Tensor<float, cleave::Shape<N<3>, C<4>>> a) {
  const cleave::Tensor<double, cleave::Shape<C<4>>> b;
#ifdef CLEAVE_REJECT
  cleave::slice<N, 0, 1>(a) *= b; // wrong
#else
  cleave::slice<N, 0, 1>(a) *= cleave::cast<float>(b);
#endif
}
