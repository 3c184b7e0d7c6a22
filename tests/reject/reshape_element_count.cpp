// SPDX-License-Identifier: Apache-2.0
// expect: reshape: the number of elements must stay the same
// expect: Axis<'C', 7>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto part = reshape<N<4>, C<7>>(x); // wrong
#else
  const auto part = reshape<N<4>, C<2>, H<3>>(x);
#endif
  const cleave::Tensor copy = part;
}
