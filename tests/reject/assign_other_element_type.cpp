// SPDX-License-Identifier: Apache-2.0
// expect: assignment: the value has another element type; convert it with cast
// expect: float
// expect: double
#include <cleave/tensor.hpp>

using cleave::axes::C;

void check(cleave::View<const double, cleave::Shape<C<3>>> wide) {
#ifdef CLEAVE_REJECT
  const cleave::Tensor<float, cleave::Shape<C<3>>> narrow = wide; // wrong
#else
  const cleave::Tensor<float, cleave::Shape<C<3>>> narrow = cast<float>(wide);
#endif
}
