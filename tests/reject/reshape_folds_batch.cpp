// SPDX-License-Identifier: Apache-2.0
// expect: reshape: rows must stay rows, so the batch axis N keeps its extent and the number of elements before it; to
// expect: fold it into another axis, rename it first: rename<N, B>(x)
// expect: Axis<'C', 24>
#include <cleave/tensor.hpp>

using cleave::axes::B, cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto part = reshape<C<24>>(x); // wrong
#else
  const auto part = reshape<C<24>>(rename<N, B>(x));
#endif
  const cleave::Tensor copy = part;
}
