// SPDX-License-Identifier: Apache-2.0
// expect: bind: a negative stride would lead in front of the buffer; bind with positive ones and reverse with flip
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  float buffer[8] = {};
#ifdef CLEAVE_REJECT
  const auto part = cleave::bind<cleave::Shape<C<8>>, cleave::Strides<-1>>(&buffer[0], 8); // wrong
#else
  const auto part = cleave::flip<C>(cleave::bind<cleave::Shape<C<8>>>(buffer));
#endif
  const cleave::Tensor copy = part;
}
