// SPDX-License-Identifier: Apache-2.0
// expect: crop: this tensor ends with the statement, and the view with it; give the tensor a name first
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::W;

void check() {
  cleave::Tensor<float, cleave::Shape<C<3>, H<28>, W<28>>> x;
#ifdef CLEAVE_REJECT
  const auto part = crop<H<20>>(cleave::Tensor(x + 1)); // wrong
#else
  const cleave::Tensor y = x + 1;
  const auto part = crop<H<20>>(y);
#endif
  const cleave::Tensor copy = part;
}
