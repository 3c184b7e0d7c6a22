// SPDX-License-Identifier: Apache-2.0
// expect: bind: the array has another number of elements than the shape
// expect: Axis<'C', 7>
#include <cleave/tensor.hpp>

using cleave::axes::C;

void check() {
  float buffer[8] = {};
#ifdef CLEAVE_REJECT
  const auto part = cleave::bind<cleave::Shape<C<7>>>(buffer); // wrong
#else
  const auto part = cleave::bind<cleave::Shape<C<8>>>(buffer);
#endif
  const cleave::Tensor copy = part;
}
