// SPDX-License-Identifier: Apache-2.0
// expect: concat: the pieces are on different devices; bring them to one with copy_to
// expect: Cpu<1>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
  const cleave::Tensor<float, cleave::Shape<N<4>, C<6>>, cleave::Cpu<1>> y;
#ifdef CLEAVE_REJECT
  const auto part = concat<N>(x, y); // wrong
#else
  const auto part = concat<N>(x, copy_to<cleave::Cpu<0>>(y));
#endif
  const cleave::Tensor copy = part;
}
