// SPDX-License-Identifier: Apache-2.0
// expect: crop: expects one offset for each axis it names
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::W;

void check() {
  cleave::Tensor<float, cleave::Shape<C<3>, H<28>, W<28>>> x;
#ifdef CLEAVE_REJECT
  const auto part = crop<H<20>, W<20>>(x, 4); // wrong
#else
  const auto part = crop<H<20>, W<20>>(x, 4, 4);
#endif
  const cleave::Tensor copy = part;
}
