// SPDX-License-Identifier: Apache-2.0
// expect: repeat: the shape has no axis of that letter
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto part = cleave::repeat<H, 2>(x); // wrong
#else
  const auto part = cleave::repeat<C, 2>(x);
#endif
  const cleave::Tensor copy = part;
}
