// SPDX-License-Identifier: Apache-2.0
// Which of the compiled instruction sets runs; for kernels/cpu/instantiate.hpp. Not part of header-only programs.
#pragma once

#include <cleave/device/isa.hpp>

namespace cleave::detail {

/// The chosen one's place among those compiled; -1 until it is asked for.
extern int chosen_isa; // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): written once, atomically

/// Chooses, and remembers. Errors: as `isa`.
int choose_isa();

inline int isa_index() {
  const int index = __atomic_load_n(&chosen_isa, __ATOMIC_RELAXED);
  return index >= 0 ? index : choose_isa();
}

} // namespace cleave::detail
