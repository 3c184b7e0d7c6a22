// SPDX-License-Identifier: Apache-2.0
// expect: slice: the shape has no axis of that letter
// expect: 'H'
// expect: Axis<'N', 64>, cleave::Axis<'C', 10>
// expect-gcc: Letter = 'H'
// expect-clang: slice<cleave::axes::H, 0L, 5L, 1L,
#include <cleave/tensor.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

void check() {
  cleave::Tensor<float, cleave::Shape<N<64>, C<10>>> x;
#ifdef CLEAVE_REJECT
  const auto part = slice<H, 0, 5>(x); // wrong
#else
  const auto part = slice<C, 0, 5>(x);
#endif
  const cleave::Tensor copy = part;
}
