// SPDX-License-Identifier: Apache-2.0
// expect: slice: the axis has not as many elements; expects at least 1, at most its extent
// expect: Axis<'C', 6>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto part = slice<C, 7>(x, 0); // wrong
#else
  const auto part = slice<C, 6>(x, 0);
#endif
  const cleave::Tensor copy = part;
}
