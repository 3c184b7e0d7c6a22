// SPDX-License-Identifier: Apache-2.0
// expect: stack: all pieces must have the same shape
// expect: Axis<'C', 5>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N, cleave::axes::T;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto part = stack<T>(x, slice<C, 0, 5>(x)); // wrong
#else
  const auto part = stack<T>(x, x + 1);
#endif
  const cleave::Tensor copy = part;
}
