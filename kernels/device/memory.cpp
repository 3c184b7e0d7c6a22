// SPDX-License-Identifier: Apache-2.0
#include <cleave/base/error.hpp>
#include <cleave/device/memory.hpp>

#include <cstring>
#include <new>

namespace cleave {

CLEAVE_INLINE void* allocate(std::size_t bytes) {
  // (sizes near the greatest number would wrap around where the library rounds them up)
  constexpr std::size_t most = static_cast<std::size_t>(-1) / 2;
  void* const block =
      bytes > most ? nullptr : ::operator new(bytes == 0 ? 1 : bytes, std::align_val_t{alignment}, std::nothrow);
  if (block == nullptr) {
    detail::fail("allocate: %zu bytes (%.1f MiB) were wanted, but the system has no such block free; use smaller "
                 "tensors or batches, or a machine with more memory",
                 bytes, static_cast<double>(bytes) / 1048576.);
  }
  return block;
}

CLEAVE_INLINE void deallocate(void* block) noexcept { ::operator delete(block, std::align_val_t{alignment}); }

CLEAVE_INLINE Arena::Arena(std::size_t bytes) : Arena(bytes, uninitialized) { clear(); }

CLEAVE_INLINE void Arena::clear() noexcept { detail::clear_bytes(data_, size_); }

CLEAVE_INLINE void detail::clear_bytes(void* block, std::size_t bytes) noexcept {
  if (bytes > 0) {
    std::memset(block, 0, bytes);
  }
}

} // namespace cleave
