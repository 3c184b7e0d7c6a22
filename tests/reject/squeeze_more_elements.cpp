// SPDX-License-Identifier: Apache-2.0
// expect: squeeze: the axis has more than one element (or is dynamic); take one with slice first
// expect: Axis<'C', 6>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto part = squeeze<C>(x); // wrong
#else
  const auto part = squeeze<C>(slice<C, 2, 3>(x));
#endif
  const cleave::Tensor copy = part;
}
