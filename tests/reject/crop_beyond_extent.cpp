// SPDX-License-Identifier: Apache-2.0
// expect: crop: what is to be left reaches beyond the axis, or is empty
// expect: Axis<'H', 28>
// expect: Axis<'H', 29>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::W;

void check() {
  cleave::Tensor<float, cleave::Shape<C<3>, H<28>, W<28>>> x;
#ifdef CLEAVE_REJECT
  const auto part = crop<H<29>, W<20>>(x); // wrong
#else
  const auto part = crop<H<28>, W<20>>(x);
#endif
  const cleave::Tensor copy = part;
}
