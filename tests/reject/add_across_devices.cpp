// SPDX-License-Identifier: Apache-2.0
// expect: elementwise operation: the operands are on different devices; bring one to the other's device with
// expect: copy_to
// expect-gcc: Op = Add;
// expect-clang: apply<cleave::Add,
// expect-gcc: Cpu<0>
// expect: Cpu<1>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  const cleave::Tensor<float, cleave::Shape<N<2>, C<3>>, cleave::Cpu<0>> x;
  const cleave::Tensor<float, cleave::Shape<N<2>, C<3>>, cleave::Cpu<1>> y;
#ifdef CLEAVE_REJECT
  const cleave::Tensor sum = x + y; // wrong
#else
  const cleave::Tensor sum = x + copy_to<cleave::Cpu<0>>(y);
#endif
}
