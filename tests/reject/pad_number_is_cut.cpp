// SPDX-License-Identifier: Apache-2.0
// expect: pad: a number with a fraction would be cut to an integer; give an integer
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  const cleave::Tensor<std::int32_t, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto part = cleave::pad<C, 1, 0>(x, 0.5); // wrong
#else
  const auto part = cleave::pad<C, 1, 0>(x, 1);
#endif
  const cleave::Tensor copy = part;
}
