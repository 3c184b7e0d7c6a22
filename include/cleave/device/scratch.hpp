// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/config.hpp>

namespace cleave {

/// Working memory of the calling thread for as long as the object lives: aligned to `alignment`, with any contents. The
/// next one of the thread, made while this one lives, has other memory; they end in the reverse order. The thread keeps
/// the memory for later ones and gives it back when it ends, so a training step after the first allocates nothing.
/// Compiled in cleave::kernels.
class Scratch {
public:
  /// Of 0 bytes nothing is taken, and there is no address. Errors: throws Error when there is no memory.
  explicit Scratch(std::size_t bytes) : data_(bytes == 0 ? nullptr : take(bytes)) {}
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  Scratch(Scratch&&) = delete;
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch() {
    if (data_ != nullptr) {
      give_back();
    }
  }

  [[nodiscard]] std::byte* data() const { return data_; }
  template <class T>
  [[nodiscard]] T* as() const {
    return reinterpret_cast<T*>(data_);
  }

private:
  static std::byte* take(std::size_t bytes);
  static void give_back() noexcept;

  std::byte* data_;
};

} // namespace cleave

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(device, scratch)
#endif
