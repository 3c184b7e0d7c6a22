// SPDX-License-Identifier: Apache-2.0
// expect: slice: begin or end is outside the axis; bounds are not clamped
// expect-gcc: Begin = 32; long int End = 65
// expect-clang: 32L, 65L
// expect: Axis<'N', 64>
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<64>, C<10>>> x;
#ifdef CLEAVE_REJECT
  slice<'N', 32, 65>(x).fill(0); // wrong
#else
  slice<'N', 32, 64>(x).fill(0);
#endif
}
