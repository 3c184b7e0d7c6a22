// SPDX-License-Identifier: Apache-2.0
// expect: fill: this view only reads; take it from a tensor that is not const
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<C<6>>> x;
#ifdef CLEAVE_REJECT
  broadcast_to<cleave::Shape<N<4>, C<6>>>(x).fill(1); // wrong
#else
  x.view().fill(1);
#endif
}
