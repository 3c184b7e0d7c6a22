// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/config.hpp>

namespace cleave {

/// Text as a template argument: `linear<"fc1", C<128>>`. Includes the terminating zero.
template <std::size_t Size>
struct FixedString {
  char value[Size]{};

  // Implicit on purpose: a literal is the only spelling users write.
  constexpr FixedString(const char (&literal)[Size]) { // NOLINT(google-explicit-constructor,hicpp-explicit-conversions)
    for (std::size_t i = 0; i < Size; ++i) {
      value[i] = literal[i];
    }
  }

  [[nodiscard]] constexpr const char* data() const { return value; }
  [[nodiscard]] static constexpr std::size_t size() { return Size - 1; }
  constexpr char operator[](std::size_t i) const { return value[i]; }
};
template <std::size_t Size>
FixedString(const char (&literal)[Size]) -> FixedString<Size>;

namespace detail {

/// Two texts joined, with static storage, so that graph nodes can point to it.
template <FixedString A, FixedString B>
struct Joined {
  struct Buffer {
    char value[A.size() + B.size() + 1]{};
  };
  static constexpr Buffer buffer = [] {
    Buffer joined;
    // sizes with the terminating zero, so that no loop is empty by type (nvcc warns of those)
    for (std::size_t i = 0; i <= A.size(); ++i) {
      joined.value[i] = A[i];
    }
    for (std::size_t i = 0; i <= B.size(); ++i) {
      joined.value[A.size() + i] = B[i];
    }
    return joined;
  }();
  static constexpr const char* value = buffer.value;
};

/// A literal with static storage. (Joined with nothing, because nvcc 13 fails on the address of a template parameter.)
template <FixedString S>
inline constexpr const char* stored = Joined<S, "">::value;

constexpr bool same_text(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) {
    ++a;
    ++b;
  }
  return *a == *b;
}

/// FNV-1a, 32 bits.
constexpr unsigned hash_text(const char* s) {
  unsigned hash = 2166136261U;
  for (; *s != '\0'; ++s) {
    hash = (hash ^ static_cast<unsigned char>(*s)) * 16777619U;
  }
  return hash;
}

constexpr std::size_t text_length(const char* s) {
  std::size_t n = 0;
  while (s[n] != '\0') {
    ++n;
  }
  return n;
}

constexpr bool ends_with(const char* s, const char* suffix) {
  const std::size_t n = text_length(s);
  const std::size_t m = text_length(suffix);
  return n >= m && same_text(s + (n - m), suffix);
}

} // namespace detail
} // namespace cleave
