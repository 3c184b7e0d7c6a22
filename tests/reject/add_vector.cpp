// SPDX-License-Identifier: Apache-2.0
// expect: elementwise operation: an operand is neither a tensor, a view or an expression nor a number; make a tensor of
// expect: it first, such as with from_elements
#include <cleave/tensor.hpp>

#include <vector>

using cleave::Shape, cleave::axes::C;

void check() {
  const cleave::Tensor<float, Shape<C<3>>> a;
  const std::vector<float> b(3);
#ifdef CLEAVE_REJECT
  const cleave::Tensor c = a + b; // wrong
#else
  const cleave::Tensor c = a + cleave::from_elements<Shape<C<3>>>(b);
#endif
  const cleave::Tensor d = c + a;
}
