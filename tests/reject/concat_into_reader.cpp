// SPDX-License-Identifier: Apache-2.0
// expect: concat_into: the destination only reads; take it from a tensor that is not const
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<4>, C<6>>> x;
  cleave::Tensor<float, cleave::Shape<N<8>, C<6>>> to;
  const auto& reader = to;
#ifdef CLEAVE_REJECT
  concat_into<N>(reader, x, x); // wrong
#else
  static_cast<void>(reader);
  concat_into<N>(to, x, x);
#endif
}
