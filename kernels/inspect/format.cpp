// SPDX-License-Identifier: Apache-2.0
#include <cleave/base/error.hpp>
#include <cleave/inspect/format.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace cleave::detail {
namespace formats {

/// A floating number in as few digits as tell it from its neighbours, at most `precision` of them after the point, and
/// no zeros at the end of the fraction: "0.1", "3.", "1.5e-05".
class Digits {
public:
  Digits(double x, bool is_float, bool exponential, int precision) {
    const auto form = exponential ? std::chars_format::scientific : std::chars_format::fixed;
    char shortest[400];
    const auto [end, error] = is_float
                                  ? std::to_chars(shortest, shortest + sizeof shortest, static_cast<float>(x), form)
                                  : std::to_chars(shortest, shortest + sizeof shortest, x, form);
    take({shortest, end});
    if (fraction.size() > static_cast<std::size_t>(precision)) {
      char rounded[400];
      const int length = std::snprintf(rounded, sizeof rounded, exponential ? "%.*e" : "%.*f", precision, x);
      take({rounded, static_cast<std::size_t>(length)});
    }
    fraction.erase(fraction.find_last_not_of('0') + 1);
  }

  std::string whole;    ///< with the sign
  std::string fraction; ///< without the point
  std::string exponent; ///< digits, at least two; empty where there is none
  char exponent_sign = '+';

private:
  void take(const std::string& text) {
    const std::size_t mark = std::min(text.find('e'), text.size());
    const std::size_t point = std::min(text.find('.'), mark);
    whole = text.substr(0, point);
    fraction = point < mark ? text.substr(point + 1, mark - point - 1) : std::string();
    if (mark < text.size()) {
      exponent_sign = text[mark + 1];
      exponent = text.substr(mark + 2);
    }
  }
};

class ArrayWriter {
public:
  ArrayWriter(const void* data, DType type, const Dims& dims, const extent* strides, const FormatOptions& options)
      : data_(data),
        type_(type),
        dims_(dims),
        strides_(strides),
        options_(options),
        shortened_(dims.size() > options.threshold) {
    for_each_shown(0, 0, [this](extent at) { survey(at); });
    exponential_ = largest_ > 0 && (largest_ >= 1e8 || smallest_ < 1e-4 || largest_ / smallest_ > 1000);
    for_each_shown(0, 0, [this](extent at) { measure(at); });
    for_each_shown(0, 0, [this](extent at) { width_ = std::max(width_, element(at).size()); });
  }

  std::string write() {
    if (dims_.rank == 0) {
      const std::string scalar = element(0);
      return scalar.substr(0, scalar.find_last_not_of(' ') + 1);
    }
    if (dims_.size() == 0) {
      return "[]";
    }
    write(0, 0);
    return static_cast<std::string&&>(text_);
  }

private:
  [[nodiscard]] double real(extent at) const {
    return type_ == DType::f32 ? static_cast<double>(static_cast<const float*>(data_)[at])
                               : static_cast<const double*>(data_)[at];
  }
  [[nodiscard]] long long integer(extent at) const {
    if (type_ == DType::i64) {
      return static_cast<const std::int64_t*>(data_)[at];
    }
    return type_ == DType::i32 ? static_cast<const std::int32_t*>(data_)[at]
                               : static_cast<const std::uint8_t*>(data_)[at];
  }
  [[nodiscard]] bool is_finite(extent at) const { return is_floating(type_) && std::isfinite(real(at)); }
  [[nodiscard]] Digits digits(extent at) const {
    return {real(at), type_ == DType::f32, exponential_, options_.precision};
  }

  /// Calls f(i) for the indices shown along an axis, and f(-1) for those left out.
  template <class F>
  void for_shown(int axis, F f) const {
    const extent count = dims_.extents[axis];
    const bool shortens = shortened_ && count > 2 * options_.edge_items;
    for (extent i = 0; i < count; ++i) {
      if (shortens && i == options_.edge_items) {
        f(extent{-1});
        i = count - options_.edge_items;
      }
      f(i);
    }
  }
  template <class F>
  void for_each_shown(int axis, extent offset, F f) const {
    if (dims_.size() == 0) {
      return;
    }
    if (axis == dims_.rank) {
      f(offset);
      return;
    }
    for_shown(axis, [&](extent i) {
      if (i >= 0) {
        for_each_shown(axis + 1, offset + i * strides_[axis], f);
      }
    });
  }

  /// What decides between fixed point and exponents.
  void survey(extent at) {
    if (is_finite(at)) {
      const double size = std::fabs(real(at));
      largest_ = std::max(largest_, size);
      smallest_ = size > 0 ? std::min(smallest_, size) : smallest_;
    }
  }
  /// As many decimals and digits of exponents as the longest needs.
  void measure(extent at) {
    if (is_finite(at)) {
      const Digits shown = digits(at);
      decimals_ = std::max(decimals_, shown.fraction.size());
      exponent_digits_ = std::max(exponent_digits_, shown.exponent.size());
    }
  }

  [[nodiscard]] std::string element(extent at) const {
    if (!is_floating(type_)) {
      return std::to_string(integer(at));
    }
    if (!is_finite(at)) {
      const char* const infinity = real(at) > 0 ? "inf" : "-inf";
      return std::isnan(real(at)) ? "nan" : infinity;
    }
    const Digits shown = digits(at);
    // Points stand below each other. In fixed point, zeros that say nothing are left blank.
    std::string text = shown.whole + '.' + shown.fraction;
    text.append(decimals_ - shown.fraction.size(), exponential_ ? '0' : ' ');
    if (exponential_) {
      text += 'e';
      text += shown.exponent_sign;
      text.append(exponent_digits_ - shown.exponent.size(), '0').append(shown.exponent);
    }
    return text;
  }

  /// One word of the innermost axis; breaks the row where the word and the brackets to come would not fit.
  void write_word(const std::string& word, std::size_t columns, bool is_first) {
    const auto rank = static_cast<std::size_t>(dims_.rank);
    const std::size_t begin = text_.rfind('\n') + 1; // 0 where there is none
    if (!is_first && text_.size() - begin + 1 + columns + rank > static_cast<std::size_t>(options_.line_width)) {
      text_.append(1, '\n').append(rank, ' ');
    } else if (!is_first) {
      text_ += ' ';
    }
    text_.append(columns - word.size(), ' ').append(word);
  }

  void write(int axis, extent offset) {
    const auto rest = static_cast<std::size_t>(dims_.rank - axis - 1);
    text_ += '[';
    bool is_first = true;
    for_shown(axis, [&](extent i) {
      if (!is_first && rest > 0) {
        text_.append(rest, '\n').append(static_cast<std::size_t>(axis) + 1, ' ');
      }
      const extent at = offset + i * strides_[axis];
      if (i < 0 && rest == 0) {
        write_word("...", 3, is_first);
      } else if (i < 0) {
        text_ += "...";
      } else if (rest == 0) {
        write_word(element(at), width_, is_first);
      } else {
        write(axis + 1, at);
      }
      is_first = false;
    });
    text_ += ']';
  }

  const void* data_;
  DType type_;
  Dims dims_;
  const extent* strides_;
  FormatOptions options_;
  bool shortened_;
  bool exponential_ = false;
  double largest_ = 0;
  double smallest_ = HUGE_VAL;
  std::size_t decimals_ = 0;
  std::size_t exponent_digits_ = 0;
  std::size_t width_ = 0;
  std::string text_;
};

} // namespace formats

CLEAVE_INLINE std::string format_array(const void* data, DType type, const Dims& dims, const extent* strides,
                                       const FormatOptions& options) {
  if (options.precision < 0 || options.precision > 30) {
    fail("format: a precision of %d was asked for; expects 0 to 30 decimals", options.precision);
  }
  if (options.edge_items < 1 || options.threshold < 0 || options.line_width < 1) {
    fail("format: edge_items is %td, threshold %td, line_width %d; expects at least 1, 0 and 1", options.edge_items,
         options.threshold, options.line_width);
  }
  return formats::ArrayWriter(data, type, dims, strides, options).write();
}

CLEAVE_INLINE std::string format_header(const char* kind, DType type, const Dims& dims, int device) {
  std::string text = std::string(kind) + '<' + name_of(type) + ", [";
  for (int i = 0; i < dims.rank; ++i) {
    text += (i > 0 ? ", " : "") + std::string(1, dims.letters[i]) + std::to_string(dims.extents[i]);
  }
  return text + "], cpu:" + std::to_string(device) + ">\n";
}

} // namespace cleave::detail
