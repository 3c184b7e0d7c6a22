// SPDX-License-Identifier: Apache-2.0
// expect: elementwise operation: all operands must have the same element type; convert one with cast
// expect-gcc: Op = Multiply;
// expect-clang: apply<cleave::Multiply,
// expect: Tensor<float
// expect: Tensor<double
#include <cleave/tensor.hpp>

using cleave::axes::C;

void check() {
  const cleave::Tensor<float, cleave::Shape<C<3>>> x;
  const cleave::Tensor<double, cleave::Shape<C<3>>> y;
#ifdef CLEAVE_REJECT
  const cleave::Tensor product = x * y; // wrong
#else
  const cleave::Tensor product = cast<double>(x) * y;
#endif
}
