// SPDX-License-Identifier: Apache-2.0
// Kernels run their outermost loop over independent tiles of the result through `for_tiles`.
#pragma once

#include <cleave/base/config.hpp>

namespace cleave::kernels::inline CLEAVE_ISA {

/// What one tile takes: arithmetic operations, and bytes read and written.
struct Cost {
  double flops;
  double bytes;
};

/// Runs body(first, last) over all of [0, count), in pieces.
template <class Body>
void for_tiles(extent count, Cost /*each*/, Body body) {
  if (count > 0) {
    body(extent(0), count);
  }
}

} // namespace cleave::kernels::inline CLEAVE_ISA
