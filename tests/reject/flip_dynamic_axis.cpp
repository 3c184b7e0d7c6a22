// SPDX-License-Identifier: Apache-2.0
// expect: flip: the axis is dynamic; take a part of static size with slice first
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<cleave::dynamic>, C<6>>> x(8);
#ifdef CLEAVE_REJECT
  const auto part = flip<N>(x); // wrong
#else
  const auto part = flip<N>(slice<N, 0, 4>(x));
#endif
  const cleave::Tensor copy = part;
}
