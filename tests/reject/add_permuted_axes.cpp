// SPDX-License-Identifier: Apache-2.0
// expect: elementwise operation: the axes of one operand must be found in the other, by name, in order and with equal extents
// expect: cleave::Add
// expect: Axis<'N', 3>, cleave::Axis<'C', 3>
// expect: Axis<'C', 3>, cleave::Axis<'N', 3>
// expect-gcc: char Axis = 'N'
// expect-clang: 'N'>'
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  const cleave::Tensor<float, cleave::Shape<N<3>, C<3>>> x;
#ifdef CLEAVE_REJECT
  const cleave::Tensor<float, cleave::Shape<C<3>, N<3>>> y;
  const auto sum = relu(x + y); // wrong
#else
  const cleave::Tensor<float, cleave::Shape<N<3>, C<3>>> y;
  const auto sum = relu(x + y);
#endif
  const cleave::Tensor r = sum;
}
