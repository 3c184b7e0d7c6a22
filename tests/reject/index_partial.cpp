// SPDX-License-Identifier: Apache-2.0
// expect: index: the value is a partial sum over devices; all-reduce it first (merged values come from the
// expect: group), or call unreduced() to read this device's share
// expect: Partial<
#include <cleave/tensor.hpp>

using cleave::axes::C;
using View = cleave::View<const float, cleave::Shape<C<3>>>;

float check(cleave::Partial<View> gradient) {
#ifdef CLEAVE_REJECT
  return gradient(2); // wrong
#else
  return gradient.unreduced()(2);
#endif
}
