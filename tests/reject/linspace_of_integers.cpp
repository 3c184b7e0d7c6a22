// SPDX-License-Identifier: Apache-2.0
// expect: linspace: expects a floating element type, as steps have fractions
#include <cleave/tensor.hpp>

using cleave::axes::C;

void check() {
#ifdef CLEAVE_REJECT
  const auto part = cleave::linspace<int, C<5>>(0, 2); // wrong
#else
  const auto part = cleave::linspace<float, C<5>>(0, 2);
#endif
  const cleave::Tensor copy = part;
}
