// SPDX-License-Identifier: Apache-2.0
// expect: stack: the pieces have an axis of that letter already; join them along it with concat
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N, cleave::axes::T;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto part = stack<N>(x, x); // wrong
#else
  const auto part = stack<T>(x, x);
#endif
  const cleave::Tensor copy = part;
}
