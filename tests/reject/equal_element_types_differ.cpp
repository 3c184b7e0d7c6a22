// SPDX-License-Identifier: Apache-2.0
// expect: ==: the values have different element types; convert one with cast
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
  const cleave::Tensor<double, cleave::Shape<N<4>, C<6>>> y;
#ifdef CLEAVE_REJECT
  const bool same = x == y; // wrong
#else
  const bool same = cleave::cast<double>(x) == y;
#endif
  static_cast<void>(same);
}
