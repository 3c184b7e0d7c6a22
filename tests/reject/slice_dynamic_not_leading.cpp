// SPDX-License-Identifier: Apache-2.0
// expect: slice: only the leading axis may have a dynamic extent; take a static number of elements
// expect: Axis<'N', 4>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto part = slice<C>(x, 1, 3); // wrong
#else
  const auto part = slice<N>(x, 1, 3);
#endif
  const cleave::Tensor copy = part;
}
