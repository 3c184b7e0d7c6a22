// SPDX-License-Identifier: Apache-2.0
// expect: Tensor: expects elements of type float, double, std::int32_t, std::int64_t or std::uint8_t
#include <cleave/tensor.hpp>

using cleave::axes::C;

void check() {
#ifdef CLEAVE_REJECT
  const cleave::Tensor<short, cleave::Shape<C<6>>> x(cleave::uninitialized); // wrong
#else
  const cleave::Tensor<int, cleave::Shape<C<6>>> x(cleave::uninitialized);
#endif
  static_cast<void>(x);
}
