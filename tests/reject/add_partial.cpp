// SPDX-License-Identifier: Apache-2.0
// expect: elementwise operation: an operand is a partial sum over devices; all-reduce it first (merged values
// expect: come from the group), or call unreduced() to read this device's share
// expect-gcc: Op = Relu;
// expect-clang: apply<cleave::Relu,
// expect: Partial<
#include <cleave/tensor.hpp>

using cleave::axes::C;
using View = cleave::View<const float, cleave::Shape<C<3>>>;

void check(cleave::Partial<View> gradient) {
#ifdef CLEAVE_REJECT
  const cleave::Tensor value = relu(gradient); // wrong
#else
  const cleave::Tensor value = relu(gradient.unreduced());
#endif
}
