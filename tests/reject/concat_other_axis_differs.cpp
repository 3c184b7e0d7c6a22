// SPDX-License-Identifier: Apache-2.0
// expect: concat: all axes but the joined one must be the same in all pieces, in the same order and with equal
// expect: extents
// expect-gcc: char Misfit = 'C'; long int First = 10; long int Other = 12
// expect-clang: Axis<'C', 12>
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
