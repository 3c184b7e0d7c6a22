// SPDX-License-Identifier: Apache-2.0
// expect: assignment: the value has another element type; convert it with cast
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
  const cleave::Tensor<double, cleave::Shape<N<4>, C<6>>> y;
#ifdef CLEAVE_REJECT
  x = y * 2; // wrong
#else
  x = cleave::cast<float>(y * 2);
#endif
}
