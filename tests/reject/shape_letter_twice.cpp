// SPDX-License-Identifier: Apache-2.0
// expect: Shape: a shape has no letter twice; give one of the axes another letter with rename
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
#ifdef CLEAVE_REJECT
  static_assert(cleave::Shape<C<3>, C<3>>::size > 0); // wrong
#else
  static_assert(cleave::Shape<N<3>, C<3>>::size > 0);
#endif
}
