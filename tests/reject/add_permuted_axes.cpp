// SPDX-License-Identifier: Apache-2.0
// expect: elementwise operation: the axes of one operand must be found in the other, by name, in order and with
// expect: equal extents
// expect-gcc: Op = Add;
// expect-clang: apply<cleave::Add,
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
  const cleave::Tensor r = sum; // what follows from a mistake is not reported again
  const auto first = slice<N, 0, 1>(r);
  const cleave::Tensor all = concat<N>(first, copy_to<cleave::Cpu<0>>(r * x));
}
