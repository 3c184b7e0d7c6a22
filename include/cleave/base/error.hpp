// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/config.hpp>

#include <exception>

namespace cleave {

/// What Cleave throws: one sentence saying what was expected, what came, and what to do.
class Error : public std::exception {
public:
  explicit Error(const char* sentence) noexcept;
  [[nodiscard]] const char* what() const noexcept override;

private:
  // Held inside, so that copying an Error never allocates and never throws.
  char sentence_[768]{};
};

namespace detail {

/// Throws Error with a sentence made as printf does; longer texts are cut. Compiled in cleave::kernels.
[[noreturn]] void fail(const char* format, ...) __attribute__((format(printf, 1, 2)));

} // namespace detail
} // namespace cleave
