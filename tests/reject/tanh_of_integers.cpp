// SPDX-License-Identifier: Apache-2.0
// expect: this one computes with float and double
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

void run() {
  const cleave::Tensor<int, cleave::Shape<C<3>>> x;
#ifdef CLEAVE_REJECT
  static_cast<void>(tanh(x)); // wrong
#else
  static_cast<void>(tanh(cleave::cast<float>(x)));
#endif
}
