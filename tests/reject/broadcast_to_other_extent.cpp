// SPDX-License-Identifier: Apache-2.0
// expect: broadcast_to: the axes of the value must be found in the shape, by name, in order and with equal extents
// expect: Axis<'C', 6>
// expect: Axis<'C', 5>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  const cleave::Tensor<float, cleave::Shape<C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto part = broadcast_to<cleave::Shape<N<4>, C<5>>>(x); // wrong
#else
  const auto part = broadcast_to<cleave::Shape<N<4>, C<6>>>(x);
#endif
  const cleave::Tensor copy = part;
}
