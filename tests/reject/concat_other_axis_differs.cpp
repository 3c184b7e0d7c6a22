// SPDX-License-Identifier: Apache-2.0
// expect: concat: all axes but the joined one must be the same in all pieces, in the same order and with equal extents
// expect: 'C', 10, 12>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  const cleave::Tensor<float, cleave::Shape<N<43>, C<10>>> x;
#ifdef CLEAVE_REJECT
  const cleave::Tensor<float, cleave::Shape<N<21>, C<12>>> y;
  const cleave::Tensor both = concat<N>(x, y); // wrong
#else
  const cleave::Tensor<float, cleave::Shape<N<21>, C<10>>> y;
  const cleave::Tensor both = concat<N>(x, y);
#endif
}
