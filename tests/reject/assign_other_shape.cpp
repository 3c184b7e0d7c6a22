// SPDX-License-Identifier: Apache-2.0
// expect: assignment: the value's shape must be the destination's
// expect: Axis<'N', 2>, cleave::Axis<'C', 3>
// expect: Axis<'C', 3>>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  const cleave::Tensor<float, cleave::Shape<C<3>>> row;
  cleave::Tensor<float, cleave::Shape<N<2>, C<3>>> x;
#ifdef CLEAVE_REJECT
  x = row * 2; // wrong
#else
  x = x + row * 2;
#endif
}
