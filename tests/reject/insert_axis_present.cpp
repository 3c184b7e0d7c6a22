// SPDX-License-Identifier: Apache-2.0
// expect: insert_axis: the shape has an axis of that letter already
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N, cleave::axes::T;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto part = insert_axis<C>(x); // wrong
#else
  const auto part = insert_axis<T>(x);
#endif
  const cleave::Tensor copy = part;
}
