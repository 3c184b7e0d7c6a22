// SPDX-License-Identifier: Apache-2.0
#include <cleave/device/memory.hpp>
#include <cleave/device/scratch.hpp>

namespace cleave {

CLEAVE_INLINE std::byte* scratch(std::size_t bytes) {
  thread_local Arena memory;
  if (memory.size() < bytes) {
    memory = Arena(); // the old block goes first, or both would be there at once
    constexpr std::size_t step = std::size_t{64} << 10U;
    memory = Arena((bytes + step - 1) / step * step, uninitialized);
  }
  return memory.data();
}

} // namespace cleave
