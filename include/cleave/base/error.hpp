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

/// Is given the sentence of an error in programs that are compiled without exceptions; may print, log, or leave the
/// program. When it returns, the program is aborted.
using ErrorHandler = void (*)(const char* sentence);

/// Replaces the handler and returns the one before; null stands for the first one, which prints to stderr. Call it
/// before other threads start. Where exceptions are compiled in, errors are thrown and no handler is called. Compiled
/// in cleave::kernels.
ErrorHandler set_error_handler(ErrorHandler handler) noexcept;

namespace detail {

/// Throws Error with a sentence made as printf does; longer texts are cut. Without exceptions: calls the error handler,
/// then aborts. Compiled in cleave::kernels.
[[noreturn]] void fail(const char* format, ...) __attribute__((format(printf, 1, 2)));

} // namespace detail
} // namespace cleave

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(base, error)
#endif
