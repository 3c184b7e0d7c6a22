// SPDX-License-Identifier: Apache-2.0
// expect: a number with a fraction would be cut to an integer
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

void run() {
  const cleave::Tensor<int, cleave::Shape<C<3>>> x;
#ifdef CLEAVE_REJECT
  static_cast<void>(maximum(x, 0.5)); // wrong
#else
  static_cast<void>(maximum(x, 1));
#endif
}
