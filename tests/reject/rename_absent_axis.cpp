// SPDX-License-Identifier: Apache-2.0
// expect: rename: the shape has no axis of the first letter
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N, cleave::axes::O;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto part = rename<H, O>(x); // wrong
#else
  const auto part = rename<C, O>(x);
#endif
  const cleave::Tensor copy = part;
}
