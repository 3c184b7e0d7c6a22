// SPDX-License-Identifier: Apache-2.0
// expect: concat_into: the destination's shape must be that of the joined pieces
// expect: Axis<'N', 7>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
  cleave::Tensor<float, cleave::Shape<N<7>, C<6>>> to;
#ifdef CLEAVE_REJECT
  concat_into<N>(to, x, x); // wrong
#else
  concat_into<N>(to, x, slice<N, 0, 3>(x));
#endif
}
