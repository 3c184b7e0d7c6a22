// SPDX-License-Identifier: Apache-2.0
// expect: dot: expects two tensors of one floating type, or two symbols of a model, that have the axes to sum over;
// axes that both have are of equal extent expect: dtype_unsupported
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N, cleave::axes::O;

void check() {
  const cleave::Tensor<int, cleave::Shape<N<3>, C<4>>> a;
  const cleave::Tensor<float, cleave::Shape<C<4>, O<5>>> b;
#ifdef CLEAVE_REJECT
  const auto made = cleave::dot<C>(a, b); // wrong
#else
  const auto made = cleave::dot<C>(cleave::cast<float>(a), b);
#endif
  const cleave::Tensor copy = made + b(0, 0);
}
