// SPDX-License-Identifier: Apache-2.0
// Kernels run their outermost loop over independent tiles of the result through `for_tiles`.
#pragma once

#include "vector.hpp"

#include <cleave/device/team.hpp>

namespace cleave::kernels::inline CLEAVE_ISA {

/// What one tile takes: arithmetic operations, and bytes read and written.
struct Cost {
  double flops;
  double bytes;
};

/// Roughly.
inline constexpr double flops_per_ns = 2. * register_bytes;

/// Runs body(first, last) over all of [0, count): in pieces, on the threads of the device where that is worth it. Tiles
/// may be computed in any order and at the same time; a tile's own work is never split, so results have the same bits.
template <class Body>
void for_tiles(extent count, Cost each, Body body) {
  if (count <= 0) {
    return;
  }
  Team* const team = cleave::detail::current_team();
  extent pieces = 1;
  if (team != nullptr) {
    const double ns = each.flops / flops_per_ns + each.bytes / cleave::detail::bytes_per_ns;
    pieces = team->worthwhile_pieces(count, static_cast<double>(count) * ns);
  }
  if (pieces < 2) {
    body(extent(0), count);
    return;
  }
  team->run(
      count, pieces, [](void* context, extent first, extent last) { (*static_cast<Body*>(context))(first, last); },
      &body);
}

} // namespace cleave::kernels::inline CLEAVE_ISA
