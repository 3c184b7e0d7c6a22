// SPDX-License-Identifier: Apache-2.0
// expect: split: the extent of the axis is no multiple of the number of pieces; cut unequal pieces with slice
// expect: Axis<'C', 6>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto [part, other, third, fourth] = split<C, 4>(x); // wrong
#else
  const auto [part, other, third] = split<C, 3>(x);
#endif
  const cleave::Tensor copy = part;
  const cleave::Tensor copies = concat<C>(other, third);
}
