// SPDX-License-Identifier: Apache-2.0
// expect: rename: the shape has an axis of the second letter already
// expect: Axis<'N', 4>, cleave::Axis<'C', 6>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N, cleave::axes::O;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto part = rename<C, N>(x); // wrong
#else
  const auto part = rename<C, O>(x);
#endif
  const cleave::Tensor copy = part;
}
