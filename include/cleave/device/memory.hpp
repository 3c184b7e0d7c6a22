// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/config.hpp>

namespace cleave {

/// Says that memory is written before it is read, so that nobody fills it with zeros first.
struct Uninitialized {};
inline constexpr Uninitialized uninitialized{};

/// `bytes` bytes aligned to `cleave::alignment`; never null, also for 0 bytes. Contents are not set.
/// Errors: throws Error naming the size when there is no memory. Compiled in cleave::kernels.
[[nodiscard]] void* allocate(std::size_t bytes) __attribute__((returns_nonnull));

/// Gives back what `allocate` gave; null is fine.
void deallocate(void* block) noexcept;

/// A block of bytes, aligned to `cleave::alignment`: filled with zeros, or left as it is with `uninitialized`.
class Arena {
public:
  Arena() = default;
  /// Errors: throws Error when there is no memory.
  explicit Arena(std::size_t bytes);
  Arena(std::size_t bytes, Uninitialized /*contents*/)
      : data_(static_cast<std::byte*>(allocate(bytes))), size_(bytes) {}
  Arena(Arena&& other) noexcept : data_(other.data_), size_(other.size_) {
    other.data_ = nullptr;
    other.size_ = 0;
  }
  Arena& operator=(Arena&& other) noexcept {
    std::byte* const taken = other.data_;
    const std::size_t taken_size = other.size_;
    other.data_ = nullptr;
    other.size_ = 0;
    deallocate(data_);
    data_ = taken;
    size_ = taken_size;
    return *this;
  }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() { deallocate(data_); }

  /// The first byte; null where the arena is empty by default or was moved from.
  [[nodiscard]] std::byte* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Fills all bytes with zeros.
  void clear() noexcept;

private:
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

namespace detail {

/// Fills bytes with zeros. Compiled in cleave::kernels.
void clear_bytes(void* block, std::size_t bytes) noexcept;

} // namespace detail
} // namespace cleave

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(device, memory)
#endif
