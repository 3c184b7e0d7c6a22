// SPDX-License-Identifier: Apache-2.0
// expect: Tensor: an index is an integer, counted from 0
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

float check() {
  const cleave::Tensor<float, cleave::Shape<N<3>, C<3>>> a;
#ifdef CLEAVE_REJECT
  return a(1, 3 * 0.5); // wrong
#else
  return a(1, 3 / 2);
#endif
}
