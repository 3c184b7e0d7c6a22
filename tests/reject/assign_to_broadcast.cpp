// SPDX-License-Identifier: Apache-2.0
// expect: assign: this view only reads; take it from a tensor that is not const
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<C<3>>> x;
  cleave::Tensor<float, cleave::Shape<N<2>, C<3>>> y;
#ifdef CLEAVE_REJECT
  broadcast_to<cleave::Shape<N<2>, C<3>>>(x).assign(y); // wrong
#else
  y = broadcast_to<cleave::Shape<N<2>, C<3>>>(x);
#endif
}
