// SPDX-License-Identifier: Apache-2.0
// Writing text while compiling: graphs and plans print themselves into constants.
#pragma once

#include <cleave/base/fixed_string.hpp>
#include <cleave/base/vector.hpp>

namespace cleave {

/// Text of a known length with static storage; compares with literals in `static_assert`.
template <int Length>
struct StaticText {
  char value[detail::room_for(Length + 1)]{};

  [[nodiscard]] constexpr const char* c_str() const { return value; }
  [[nodiscard]] static constexpr int size() { return Length; }
  friend constexpr bool operator==(const StaticText& a, const char* b) { return detail::same_text(a.value, b); }
};

namespace detail {

/// Appends words and numbers; `freeze` turns the finished text into a constant.
class TextWriter {
public:
  constexpr TextWriter& operator<<(const char* s) {
    while (*s != '\0') {
      text_.push_back(*s++);
    }
    return *this;
  }
  constexpr TextWriter& operator<<(char c) {
    text_.push_back(c);
    return *this;
  }
  constexpr TextWriter& operator<<(extent n) {
    char digits[24]{};
    int count = 0;
    const bool negative = n < 0;
    do {
      const extent digit = n % 10;
      digits[count++] = static_cast<char>('0' + (digit < 0 ? -digit : digit));
      n /= 10;
    } while (n != 0);
    if (negative) {
      text_.push_back('-');
    }
    while (count > 0) {
      text_.push_back(digits[--count]);
    }
    return *this;
  }
  constexpr TextWriter& operator<<(int n) { return *this << static_cast<extent>(n); }

  /// A number with `decimals` digits after the point, rounded half up.
  constexpr TextWriter& fixed(double x, int decimals) {
    const bool is_finite = x < __builtin_inf() && x > -__builtin_inf(); // NaN is neither
    if (!is_finite) {
      const char* const negative = x < 0 ? "-inf" : "nan";
      return *this << (x > 0 ? "inf" : negative);
    }
    if (x < 0) {
      text_.push_back('-');
      x = -x;
    }
    double scale = 1;
    for (int i = 0; i < decimals; ++i) {
      scale *= 10;
    }
    // lround is no constant expression before C++23
    const auto scaled = static_cast<extent>(x * scale + 0.5); // NOLINT(bugprone-incorrect-roundings)
    const auto unit = static_cast<extent>(scale);
    *this << scaled / unit;
    if (decimals > 0) {
      text_.push_back('.');
      extent place = unit / 10;
      for (const extent rest = scaled % unit; place > 0; place /= 10) {
        text_.push_back(static_cast<char>('0' + rest / place % 10));
      }
    }
    return *this;
  }
  /// Spaces until the current line is `column` wide.
  constexpr TextWriter& pad_to(int column) {
    int width = 0;
    for (int i = text_.size(); i > 0 && text_[i - 1] != '\n'; --i) {
      ++width;
    }
    for (; width < column; ++width) {
      text_.push_back(' ');
    }
    return *this;
  }

  [[nodiscard]] constexpr int size() const { return text_.size(); }
  template <int Length>
  [[nodiscard]] constexpr StaticText<Length> freeze() const {
    StaticText<Length> frozen;
    for (int i = 0; i < Length; ++i) {
      frozen.value[i] = text_[i];
    }
    return frozen;
  }

private:
  Vector<char> text_;
};

} // namespace detail
} // namespace cleave
