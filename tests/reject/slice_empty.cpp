// SPDX-License-Identifier: Apache-2.0
// expect: slice: the range is empty; expects begin before end in the direction of the step
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto part = slice<C, 3, -3>(x); // wrong
#else
  const auto part = slice<C, 2, -3>(x);
#endif
  const cleave::Tensor copy = part;
}
