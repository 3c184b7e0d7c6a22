// SPDX-License-Identifier: Apache-2.0
// expect: cross_entropy: expects logits that have the named axes
// expect: label_shape_differs
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

void run() {
  const cleave::Tensor<float, cleave::Shape<N<4>, C<3>>> x;
  const cleave::Tensor<float, cleave::Shape<N<3>>> wrong;
  const cleave::Tensor<float, cleave::Shape<N<4>>> right;
#ifdef CLEAVE_REJECT
  static_cast<void>(cleave::cross_entropy<C>(x, wrong)); // wrong
#else
  static_cast<void>(cleave::cross_entropy<C>(x, right));
#endif
}
