// SPDX-License-Identifier: Apache-2.0
// expect: slice: begin or end is outside the axis; bounds are not clamped
// expect: Axis<'C', 6>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto part = slice<C, -7, cleave::to_end>(x); // wrong
#else
  const auto part = slice<C, -6, cleave::to_end>(x);
#endif
  const cleave::Tensor copy = part;
}
