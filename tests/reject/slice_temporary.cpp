// SPDX-License-Identifier: Apache-2.0
// expect: slice: this tensor ends with the statement, and the view with it; give the tensor a name first
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  const cleave::Tensor<float, cleave::Shape<N<4>, C<3>>> x;
#ifdef CLEAVE_REJECT
  const auto part = slice<N, 0, 2>(cleave::Tensor(x + x)); // wrong
#else
  const cleave::Tensor sum = x + x;
  const auto part = slice<N, 0, 2>(sum);
#endif
  const cleave::Tensor copy = part;
}
