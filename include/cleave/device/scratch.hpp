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
  /// Errors: throws Error when there is no memory.
  explicit Scratch(std::size_t bytes);
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  Scratch(Scratch&&) = delete;
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch();

  [[nodiscard]] std::byte* data() const { return data_; }
  template <class T>
  [[nodiscard]] T* as() const {
    return reinterpret_cast<T*>(data_);
  }

private:
  std::byte* data_;
};

/// Memory until the thread's next call or Scratch.
[[nodiscard]] std::byte* scratch(std::size_t bytes);

} // namespace cleave

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(device, scratch)
#endif
