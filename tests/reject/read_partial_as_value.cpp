// SPDX-License-Identifier: Apache-2.0
// expect: is a partial sum over devices; all-reduce it first (merged values come from the group), or call
// expect: unreduced() to read this device's share
// expect: assignment: the value
// expect: Partial<
// expect: Axis<'C', 3>
#include <cleave/tensor.hpp>

using cleave::axes::C;
using View = cleave::View<const float, cleave::Shape<C<3>>>;

void check(cleave::Partial<View> gradient) {
#ifdef CLEAVE_REJECT
  const cleave::Tensor<float, cleave::Shape<C<3>>> value = gradient; // wrong
#else
  const cleave::Tensor<float, cleave::Shape<C<3>>> value = gradient.unreduced();
#endif
}
