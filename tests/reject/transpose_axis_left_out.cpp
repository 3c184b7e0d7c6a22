// SPDX-License-Identifier: Apache-2.0
// expect: transpose: expects all axes of the shape in their new order, each once (none reverses them)
// expect: Axis<'H', 28>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::W;

void check() {
  cleave::Tensor<float, cleave::Shape<C<3>, H<28>, W<28>>> x;
#ifdef CLEAVE_REJECT
  const auto part = transpose<W, C>(x); // wrong
#else
  const auto part = transpose<W, C, H>(x);
#endif
  const cleave::Tensor copy = part;
}
