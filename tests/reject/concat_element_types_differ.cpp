// SPDX-License-Identifier: Apache-2.0
// expect: concat: the pieces have different element types; convert them with cast
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
  const cleave::Tensor<double, cleave::Shape<N<4>, C<6>>> y;
#ifdef CLEAVE_REJECT
  const auto part = concat<N>(x, y); // wrong
#else
  const auto part = concat<N>(x, cleave::cast<float>(y));
#endif
  const cleave::Tensor copy = part;
}
