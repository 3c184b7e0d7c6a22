// SPDX-License-Identifier: Apache-2.0
// expect: einsum: expects for each operand the letters of its axes in order
// expect: shapes_differ
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N, cleave::axes::O;

void check() {
  const cleave::Tensor<float, cleave::Shape<N<3>, C<4>>> a;
  const cleave::Tensor<float, cleave::Shape<C<4>, O<5>>> b;
#ifdef CLEAVE_REJECT
  const auto made = cleave::einsum<"NC,OC->NO">(a, b); // wrong
#else
  const auto made = cleave::einsum<"NC,CO->NO">(a, b);
#endif
  const cleave::Tensor copy = made + b(0, 0);
}
