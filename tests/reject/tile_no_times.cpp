// SPDX-License-Identifier: Apache-2.0
// expect: tile: expects to be repeated at least once
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto part = cleave::tile<C, 0>(x); // wrong
#else
  const auto part = cleave::tile<C, 1>(x);
#endif
  const cleave::Tensor copy = part;
}
