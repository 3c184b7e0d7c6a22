// SPDX-License-Identifier: Apache-2.0
// expect: +=: the right side has axes that the left side lacks
// expect: Shape<
#include <cleave/cleave.hpp>

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

void run() {
  const cleave::Tensor<float, cleave::Shape<N<4>, C<3>>> x;
  cleave::Tensor<float, cleave::Shape<C<3>>> row;
#ifdef CLEAVE_REJECT
  row += x; // wrong
#else
  row += row;
#endif
}
