// SPDX-License-Identifier: Apache-2.0
#include <cleave/base/error.hpp>
#include <cleave/device/memory.hpp>
#include <cleave/device/scratch.hpp>

namespace cleave {
namespace detail::working_memory {

inline constexpr int most_at_once = 8;

struct Blocks {
  Arena blocks[most_at_once];
  int used = 0;
};

inline Blocks& of_this_thread() {
  thread_local Blocks blocks;
  return blocks;
}

} // namespace detail::working_memory

CLEAVE_INLINE std::byte* Scratch::take(std::size_t bytes) {
  using namespace detail::working_memory;
  Blocks& all = of_this_thread();
  if (all.used == most_at_once) {
    detail::fail("Scratch: a thread has at most %d pieces of working memory at once; let some end first", most_at_once);
  }
  Arena& block = all.blocks[all.used];
  if (block.size() < bytes) {
    block = Arena(); // the old one goes first, or both would be there at once
    constexpr std::size_t step = std::size_t{64} << 10U;
    block = Arena(bytes < bytes + step ? (bytes + step - 1) / step * step : bytes, uninitialized);
  }
  ++all.used;
  return block.data();
}

CLEAVE_INLINE void Scratch::give_back() noexcept { --detail::working_memory::of_this_thread().used; }

} // namespace cleave
