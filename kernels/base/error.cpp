// SPDX-License-Identifier: Apache-2.0
#include <cleave/base/error.hpp>

#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace cleave {
namespace detail {

inline void print_error(const char* sentence) { std::fprintf(stderr, "cleave: %s\n", sentence); }

inline ErrorHandler& error_handler() {
  static ErrorHandler handler = &print_error;
  return handler;
}

#if CLEAVE_HAS_EXCEPTIONS()
[[noreturn, gnu::noinline]] inline void throw_error(const Error& error) { throw Error(error); }
#else
// Null, unless another unit of a header-only program is compiled with exceptions: then all throw, whichever copy of a
// function the linker keeps.
[[noreturn, gnu::weak]] void throw_error(const Error& error);
#endif

} // namespace detail

CLEAVE_INLINE Error::Error(const char* sentence) noexcept {
  std::size_t length = std::strlen(sentence);
  const bool cut = length >= sizeof sentence_;
  if (cut) {
    length = sizeof sentence_ - 1;
  }
  std::memcpy(sentence_, sentence, length);
  if (cut) {
    std::memcpy(sentence_ + length - 3, "...", 3);
  }
}

CLEAVE_INLINE const char* Error::what() const noexcept { return sentence_; }

CLEAVE_INLINE ErrorHandler set_error_handler(ErrorHandler handler) noexcept {
  ErrorHandler& now = detail::error_handler();
  const ErrorHandler before = now == &detail::print_error ? nullptr : now;
  now = handler == nullptr ? &detail::print_error : handler;
  return before;
}

namespace detail {

CLEAVE_INLINE void fail(const char* format, ...) {
  char sentence[1024]; // longer than an Error holds, so that Error sees what it has to cut
  std::va_list arguments;
  va_start(arguments, format);
  const int length = std::vsnprintf(sentence, sizeof sentence, format, arguments);
  va_end(arguments);
  const Error error(length < 0 ? format : sentence);
#if !CLEAVE_HAS_EXCEPTIONS()
  if (&throw_error == nullptr) {
    error_handler()(error.what());
    std::abort();
  }
#endif
  throw_error(error);
}

} // namespace detail
} // namespace cleave
