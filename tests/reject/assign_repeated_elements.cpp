// SPDX-License-Identifier: Apache-2.0
// expect: assign: this view repeats elements along an axis (its stride is 0); write to what it repeats
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  float row[6] = {};
  const cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
#ifdef CLEAVE_REJECT
  const cleave::View<float, cleave::Shape<N<4>, C<6>>, cleave::Cpu<0>, cleave::Strides<0, 1>> to(row);
  to.assign(x); // wrong
#else
  const cleave::View<float, cleave::Shape<C<6>>> to(row);
  to.assign(cleave::squeeze<N>(slice<N, 0, 1>(x)));
#endif
}
