// SPDX-License-Identifier: Apache-2.0
// expect: slice: expects a tensor or a view; evaluate an expression into a tensor first
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  const cleave::Tensor<float, cleave::Shape<N<4>, C<3>>> x;
#ifdef CLEAVE_REJECT
  const auto part = slice<N, 0, 2>(x + x); // wrong
#else
  const cleave::Tensor sum = x + x;
  const auto part = slice<N, 0, 2>(sum);
#endif
  const cleave::Tensor copy = part;
}
