// SPDX-License-Identifier: Apache-2.0
// expect: reshape: rows must stay rows, so the batch axis N keeps its extent
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto part = reshape<C<6>, N<4>>(x); // wrong
#else
  const auto part = reshape<N<4>, C<1>, H<6>>(x);
#endif
  const cleave::Tensor copy = part;
}
