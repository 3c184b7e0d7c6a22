// SPDX-License-Identifier: Apache-2.0
// expect: norm: expects a tensor of floating numbers, or a model's symbol, that has the axes to reduce, each named once
// expect: dtype_unsupported
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  const cleave::Tensor<int, cleave::Shape<N<3>, C<4>>> a;
  const cleave::Tensor<float, cleave::Shape<N<1>, C<1>>> b;
#ifdef CLEAVE_REJECT
  const auto made = cleave::norm<C>(a); // wrong
#else
  const auto made = cleave::norm<C>(cleave::cast<float>(a));
#endif
  const cleave::Tensor copy = made + b(0, 0);
}
