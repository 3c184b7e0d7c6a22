// SPDX-License-Identifier: Apache-2.0
// expect: crop: the shape has no axis of that letter
// expect: Axis<'N', 2>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N, cleave::axes::W;

void check() {
  cleave::Tensor<float, cleave::Shape<C<3>, H<28>, W<28>>> x;
#ifdef CLEAVE_REJECT
  const auto part = crop<H<20>, N<2>>(x); // wrong
#else
  const auto part = crop<H<20>, W<2>>(x);
#endif
  const cleave::Tensor copy = part;
}
