// SPDX-License-Identifier: Apache-2.0
// expect: crop: what is to be left reaches beyond the axis, or is empty
// expect: Axis<'W', 28>
// expect: Axis<'W', 20>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::W;

void check() {
  cleave::Tensor<float, cleave::Shape<C<3>, H<28>, W<28>>> x;
#ifdef CLEAVE_REJECT
  const auto part = crop<H<20>, W<20>>(x, cleave::offset<8, 9>); // wrong
#else
  const auto part = crop<H<20>, W<20>>(x, cleave::offset<8, 8>);
#endif
  const cleave::Tensor copy = part;
}
