// SPDX-License-Identifier: Apache-2.0
#include <cleave/base/error.hpp>

#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <cstring>

namespace cleave {

Error::Error(const char* sentence) noexcept {
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

const char* Error::what() const noexcept { return sentence_; }

namespace detail {

void fail(const char* format, ...) {
  char sentence[1024]; // longer than an Error holds, so that Error sees what it has to cut
  std::va_list arguments;
  va_start(arguments, format);
  const int length = std::vsnprintf(sentence, sizeof sentence, format, arguments);
  va_end(arguments);
  throw Error(length < 0 ? format : sentence);
}

} // namespace detail
} // namespace cleave
