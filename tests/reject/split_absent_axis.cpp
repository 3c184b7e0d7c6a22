// SPDX-License-Identifier: Apache-2.0
// expect: split: the shape has no axis of that letter
// expect: 'H'
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto pieces = split<H, 2>(x); // wrong
#else
  const auto pieces = split<C, 2>(x);
#endif
  const cleave::Tensor copy = pieces.get<0>();
}
