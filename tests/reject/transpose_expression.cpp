// SPDX-License-Identifier: Apache-2.0
// expect: transpose: expects a tensor or a view; evaluate an expression into a tensor first
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto part = transpose(x + 1); // wrong
#else
  const cleave::Tensor y = x + 1;
  const auto part = transpose(y);
#endif
  const cleave::Tensor copy = part;
}
