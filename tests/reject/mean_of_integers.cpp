// SPDX-License-Identifier: Apache-2.0
// expect: mean: integers have no mean among them; convert them with cast<float> or cast<double> first
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  const cleave::Tensor<int, cleave::Shape<N<3>, C<4>>> a;
  const cleave::Tensor<float, cleave::Shape<N<1>, C<1>>> b;
#ifdef CLEAVE_REJECT
  const auto made = cleave::mean<C>(a); // wrong
#else
  const auto made = cleave::mean<C>(cleave::cast<float>(a));
#endif
  const cleave::Tensor copy = made + b(0, 0);
}
