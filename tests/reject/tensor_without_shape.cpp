// SPDX-License-Identifier: Apache-2.0
// expect: Tensor: the second argument is a shape, such as cleave::Shape<N<64>, C<10>>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
#ifdef CLEAVE_REJECT
  const cleave::Tensor<float, N<2>, C<3>> x; // wrong
#else
  const cleave::Tensor<float, cleave::Shape<N<2>, C<3>>> x;
#endif
  static_cast<void>(x);
}
