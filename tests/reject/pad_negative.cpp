// SPDX-License-Identifier: Apache-2.0
// expect: pad: expects at least 0 elements before and after
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto part = cleave::pad<C, -1, 0>(x); // wrong
#else
  const auto part = cleave::pad<C, 1, 0>(x);
#endif
  const cleave::Tensor copy = part;
}
