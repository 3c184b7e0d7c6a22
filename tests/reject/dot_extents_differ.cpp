// SPDX-License-Identifier: Apache-2.0
// expect: dot: expects two tensors of one floating type, or two symbols of a model, that have the axes to sum over;
// axes that both have are of equal extent expect: extents_differ expect: axis<'C'> expect: Axis<'C', 785>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N, cleave::axes::O;

void check() {
  const cleave::Tensor<float, cleave::Shape<N<32>, C<784>>> a;
  const cleave::Tensor<float, cleave::Shape<C<785>, O<10>>> b;
#ifdef CLEAVE_REJECT
  const auto made = cleave::dot<C>(a, b); // wrong
#else
  const auto made = cleave::dot<C>(a, cleave::slice<C, 0, 784>(b));
#endif
  const cleave::Tensor copy = made + b(0, 0);
}
