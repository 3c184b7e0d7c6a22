// SPDX-License-Identifier: Apache-2.0
// expect: convert: the value is a partial sum over devices; all-reduce it first (merged values come from the
// expect: group), or call unreduced() to read this device's share
// expect: Partial<
#include <cleave/tensor.hpp>

using cleave::axes::C;
using View = cleave::View<const float, cleave::Shape<C<3>>>;

float check(cleave::Partial<View> gradient) {
#ifdef CLEAVE_REJECT
  const View view = gradient; // wrong
#else
  const View view = gradient.unreduced();
#endif
  return view(1);
}
