// SPDX-License-Identifier: Apache-2.0
// expect: random_uniform: expects elements of type float or double
#include <cleave/tensor.hpp>

using cleave::axes::C;

void check() {
#ifdef CLEAVE_REJECT
  const auto part = cleave::random_uniform<int, cleave::Shape<C<5>>>(1); // wrong
#else
  const auto part = cleave::random_uniform<float, cleave::Shape<C<5>>>(1);
#endif
  const cleave::Tensor copy = part;
}
