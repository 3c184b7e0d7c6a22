// SPDX-License-Identifier: Apache-2.0
// expect: elementwise operation: the axes of one operand must be found in the other, by name, in order and with
// expect: equal extents
// expect-gcc: Op = Add;
// expect-clang: apply<cleave::Add,
// expect: Axis<'N', 2>, cleave::Axis<'C', 3>
// expect: Axis<'N', 3>, cleave::Axis<'C', 2>
// expect-gcc: char Axis = 'N'
// expect-gcc: operands_fit_along
// expect-clang: 'N'>'
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  const cleave::Tensor<float, cleave::Shape<N<2>, C<3>>> x;
#ifdef CLEAVE_REJECT
  const cleave::Tensor<float, cleave::Shape<N<3>, C<2>>> y;
  const cleave::Tensor sum = x + y; // wrong
#else
  const cleave::Tensor<float, cleave::Shape<N<2>, C<3>>> y;
  const cleave::Tensor sum = x + y;
#endif
}
