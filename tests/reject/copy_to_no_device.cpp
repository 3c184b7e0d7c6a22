// SPDX-License-Identifier: Apache-2.0
// expect: copy_to: expects a device, such as cleave::Cpu<1>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto part = cleave::copy_to<int>(x); // wrong
#else
  const auto part = cleave::copy_to<cleave::Cpu<1>>(x);
#endif
  const cleave::Tensor copied = part;
}
