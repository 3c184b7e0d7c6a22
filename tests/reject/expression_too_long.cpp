// SPDX-License-Identifier: Apache-2.0
// expect: elementwise operation: an expression has at most 12 leaves and 32 operations; evaluate a part into a tensor
// expect: first
#include <cleave/tensor.hpp>

using cleave::axes::C;
using View = cleave::View<const float, cleave::Shape<C<3>>>;

void check(View x) {
  const auto eleven = x + x + x + x + x + x + x + x + x + x + x;
#ifdef CLEAVE_REJECT
  const cleave::Tensor sum = eleven + (x + x); // wrong
#else
  const cleave::Tensor sum = eleven + x;
#endif
}
