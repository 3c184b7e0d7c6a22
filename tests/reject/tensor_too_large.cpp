// SPDX-License-Identifier: Apache-2.0
// expect: Tensor: the elements have more than 2^63 - 1 bytes; no machine can hold them
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  constexpr cleave::extent half = cleave::extent{1} << 31;
#ifdef CLEAVE_REJECT
  using Huge = cleave::Tensor<float, cleave::Shape<N<half>, C<half>>>;
  static_assert(sizeof(Huge) > 0); // wrong
#else
  using Huge = cleave::Tensor<float, cleave::Shape<N<half>, C<half / 4>>>;
  static_assert(sizeof(Huge) > 0);
#endif
}
