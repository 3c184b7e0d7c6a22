// SPDX-License-Identifier: Apache-2.0
// expect: reshape: the elements do not lie one after another in row-major order; evaluate into a tensor first
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N, cleave::axes::W;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto part = reshape<N<4>, H<2>, W<2>>(slice<C, 0, 4>(x)); // wrong
#else
  const cleave::Tensor left = slice<C, 0, 4>(x);
  const auto part = reshape<N<4>, H<2>, W<2>>(left);
#endif
  const cleave::Tensor copy = part;
}
