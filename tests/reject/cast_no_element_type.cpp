// SPDX-License-Identifier: Apache-2.0
// expect: cast: expects float, double, std::int32_t, std::int64_t or std::uint8_t
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const auto part = cleave::cast<short>(x); // wrong
#else
  const auto part = cleave::cast<std::int32_t>(x);
#endif
  const cleave::Tensor copy = part;
}
