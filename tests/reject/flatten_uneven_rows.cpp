// SPDX-License-Identifier: Apache-2.0
// expect: flatten: the elements of a row are not evenly spaced; evaluate into a tensor with N as its first axis first
// expect: Axis<'T', 3>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N, cleave::axes::T;

void check() {
  const cleave::Tensor<float, cleave::Shape<T<3>, N<2>, C<4>>> x;
#ifdef CLEAVE_REJECT
  const auto part = flatten<C>(x); // wrong
#else
  const cleave::Tensor y = transpose<N, T, C>(x);
  const auto part = flatten<C>(y);
#endif
  const cleave::Tensor copy = part;
}
