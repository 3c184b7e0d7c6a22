// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/device/memory.hpp>

namespace cleave::detail {

/// A counted reference to a block of bytes: a tensor and the lazy expressions over it hold the same block. The count
/// is atomic (by the compilers' built-ins: <atomic> costs as much as <string>), the bytes are not guarded.
class SharedBlock {
public:
  constexpr SharedBlock() = default;
  /// A new block, contents not set. Errors: throws Error when there is no memory.
  explicit SharedBlock(std::size_t bytes) : header_(static_cast<Header*>(allocate(sizeof(Header) + bytes))) {
    header_->references = 1;
  }
  SharedBlock(const SharedBlock& other) noexcept : header_(other.header_) {
    if (header_ != nullptr) {
      __atomic_fetch_add(&header_->references, 1, __ATOMIC_RELAXED);
    }
  }
  SharedBlock(SharedBlock&& other) noexcept : header_(other.header_) { other.header_ = nullptr; }
  SharedBlock& operator=(const SharedBlock& other) noexcept {
    SharedBlock copy(other);
    copy.swap(*this);
    return *this;
  }
  SharedBlock& operator=(SharedBlock&& other) noexcept {
    SharedBlock taken(static_cast<SharedBlock&&>(other));
    taken.swap(*this);
    return *this;
  }
  ~SharedBlock() {
    if (header_ != nullptr && __atomic_fetch_sub(&header_->references, 1, __ATOMIC_ACQ_REL) == 1) {
      deallocate(header_);
    }
  }

  explicit operator bool() const { return header_ != nullptr; }
  /// Null where there is no block.
  [[nodiscard]] void* data() const { return header_ == nullptr ? nullptr : header_ + 1; }
  /// Only where there is a block; g++ would warn of a path on which there is none.
  [[nodiscard]] void* bytes() const {
    if (header_ == nullptr) {
      __builtin_unreachable();
    }
    return header_ + 1;
  }
  /// Whether somebody else holds the block, too.
  [[nodiscard]] bool is_shared() const {
    return header_ != nullptr && __atomic_load_n(&header_->references, __ATOMIC_ACQUIRE) > 1;
  }

private:
  void swap(SharedBlock& other) noexcept {
    Header* const header = header_;
    header_ = other.header_;
    other.header_ = header;
  }

  // As large as its alignment, so that the bytes behind it are aligned as well.
  struct alignas(alignment) Header {
    long references;
  };
  Header* header_ = nullptr;
};

} // namespace cleave::detail
