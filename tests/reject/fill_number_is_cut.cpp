// SPDX-License-Identifier: Apache-2.0
// expect: fill: a number with a fraction would be cut to an integer; give an integer
#include <cleave/tensor.hpp>

using cleave::axes::C;

void check() {
  cleave::Tensor<std::uint8_t, cleave::Shape<C<6>>> x;
#ifdef CLEAVE_REJECT
  x.fill(0.5); // wrong
#else
  x.fill(1);
#endif
}
