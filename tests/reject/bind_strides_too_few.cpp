// SPDX-License-Identifier: Apache-2.0
// expect: bind: expects one stride for each axis of the shape
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  float buffer[8] = {};
#ifdef CLEAVE_REJECT
  const auto part = cleave::bind<cleave::Shape<N<2>, C<3>>, cleave::Strides<1>>(&buffer[0], 8); // wrong
#else
  const auto part = cleave::bind<cleave::Shape<N<2>, C<3>>, cleave::Strides<4, 1>>(&buffer[0], 8);
#endif
  const cleave::Tensor copy = part;
}
