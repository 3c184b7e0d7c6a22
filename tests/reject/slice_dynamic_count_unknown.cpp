// SPDX-License-Identifier: Apache-2.0
// expect: slice: begin and end count from different sides of a dynamic axis
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<cleave::dynamic>, C<6>>> x(8);
#ifdef CLEAVE_REJECT
  const auto part = slice<N, 0, -1>(x); // wrong
#else
  const auto part = slice<N, -7, -1>(x);
#endif
  const cleave::Tensor copy = part;
}
