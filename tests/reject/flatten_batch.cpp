// SPDX-License-Identifier: Apache-2.0
// expect: flatten: the batch axis N stays by itself; name another axis for the rest, such as flatten<C>(x)
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto part = flatten<N>(x); // wrong
#else
  const auto part = flatten<C>(x);
#endif
  const cleave::Tensor copy = part;
}
