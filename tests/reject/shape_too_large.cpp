// SPDX-License-Identifier: Apache-2.0
// expect: Shape: the product of the extents is more than 2^63 - 1; no machine can count such elements
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  constexpr cleave::extent half = cleave::extent{1} << 32;
#ifdef CLEAVE_REJECT
  static_assert(cleave::Shape<N<half>, C<half>>::size > 0); // wrong
#else
  static_assert(cleave::Shape<N<half>, C<half / 4>>::size > 0);
#endif
}
