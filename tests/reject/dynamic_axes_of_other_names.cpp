// SPDX-License-Identifier: Apache-2.0
// expect: assignment: the value's shape must be the destination's
// expect: Axis<'B', -1>
// expect: Axis<'N', -1>
#include <cleave/tensor.hpp>

using cleave::axes::B, cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<cleave::dynamic>, C<6>>> x(8);
  const cleave::Tensor<float, cleave::Shape<B<cleave::dynamic>, C<6>>> y(8);
#ifdef CLEAVE_REJECT
  x = y; // wrong
#else
  x = cleave::rename<B, N>(y);
#endif
}
