// SPDX-License-Identifier: Apache-2.0
// expect: concat: a piece has no axis of that letter
// expect: 'H'
// expect: Axis<'N', 43>, cleave::Axis<'C', 10>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

void check() {
  const cleave::Tensor<float, cleave::Shape<N<43>, C<10>>> x;
#ifdef CLEAVE_REJECT
  const auto both = concat<H>(x, x + 1); // wrong
#else
  const auto both = concat<C>(x, x + 1);
#endif
  const cleave::Tensor copy = both;
}
