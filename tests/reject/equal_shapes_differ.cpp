// SPDX-License-Identifier: Apache-2.0
// expect: ==: the values must have the same shape, axis by axis
// expect: Axis<'C', 6>, cleave::Axis<'N', 4>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const bool same = x == transpose(x); // wrong
#else
  const bool same = x == transpose<N, C>(x);
#endif
  static_cast<void>(same);
}
