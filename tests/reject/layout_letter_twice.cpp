// SPDX-License-Identifier: Apache-2.0
// expect: shape_of: a layout has no letter twice; give one of the axes another letter
// expect: text<'N', 'C', 'N'>
#include <cleave/tensor.hpp>

#ifdef CLEAVE_REJECT
using Wrong = cleave::shape_of<"NCN", 2, 3, 4>; // wrong
#else
using Right = cleave::shape_of<"NCH", 2, 3, 4>;
#endif
