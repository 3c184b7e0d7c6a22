// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <string>

namespace cleave::detail {

/// Text that grows. (Sums of strings and literals make g++ 12 warn of overlaps that are not there.)
class Text {
public:
  Text& operator<<(const char* s) {
    text_.append(s);
    return *this;
  }
  Text& operator<<(const std::string& s) {
    text_.append(s);
    return *this;
  }
  Text& operator<<(char c) {
    text_.push_back(c);
    return *this;
  }
  Text& operator<<(int n) { return print("%.0f", n); }
  Text& operator<<(long n) { return print("%.0f", static_cast<double>(n)); }
  /// Two digits after the point.
  Text& operator<<(double x) { return print("%.2f", x); }
  Text& print(const char* format, double x) {
    char digits[64];
    std::snprintf(digits, sizeof digits, format, x);
    return *this << digits;
  }

  [[nodiscard]] const std::string& str() const { return text_; }

private:
  std::string text_;
};

} // namespace cleave::detail
