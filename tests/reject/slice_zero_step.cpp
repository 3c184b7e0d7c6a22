// SPDX-License-Identifier: Apache-2.0
// expect: slice: a step of 0 goes nowhere; expects a positive or a negative number
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto part = slice<C, 0, 6, 0>(x); // wrong
#else
  const auto part = slice<C, 0, 6, 2>(x);
#endif
  const cleave::Tensor copy = part;
}
