// SPDX-License-Identifier: Apache-2.0
// Printing tensors, views and expressions as numpy prints arrays. For the edge: no other header includes this one.
#pragma once

#include <cleave/tensor/tensor.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ostream>
#include <string>

namespace cleave {
namespace detail {

/// Writes an array of any element type and strides. Larger ones than 1000 elements show three at each edge.
class ArrayWriter {
public:
  ArrayWriter(const void* data, DType type, const Dims& dims, const extent* strides)
      : data_(data), type_(type), dims_(dims), strides_(strides), shortened_(dims.size() > threshold) {
    survey(0, 0);
    choose_form();
  }

  std::string write() {
    if (dims_.rank == 0) {
      return element(0);
    }
    write(0, 0);
    return static_cast<std::string&&>(text_);
  }

private:
  static constexpr extent threshold = 1000;
  static constexpr extent edge = 3;
  static constexpr int precision = 4;
  static constexpr std::size_t line_width = 75;

  [[nodiscard]] bool is_floating() const { return type_ == DType::f32 || type_ == DType::f64; }
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

  /// Calls f(i) for the indices shown along an axis, and f(-1) for those left out.
  template <class F>
  void for_shown(int axis, F f) const {
    const extent count = dims_.extents[axis];
    const bool shortens = shortened_ && count > 2 * edge;
    for (extent i = 0; i < count; ++i) {
      if (shortens && i == edge) {
        f(extent{-1});
        i = count - edge;
      }
      f(i);
    }
  }

  /// Looks at every element that will be shown.
  void survey(int axis, extent offset) {
    if (axis == dims_.rank) {
      if (is_floating() && std::isfinite(real(offset))) {
        const double size = std::fabs(real(offset));
        largest_ = std::max(largest_, size);
        smallest_ = size > 0 ? std::min(smallest_, size) : smallest_;
      }
      return;
    }
    for_shown(axis, [&](extent i) {
      if (i >= 0) {
        survey(axis + 1, offset + i * strides_[axis]);
      }
    });
  }

  /// As few decimals as all shown elements need, at most `precision`, and as many columns.
  void choose_form() {
    exponential_ = largest_ > 0 && (largest_ >= 1e8 || smallest_ < 1e-4 || largest_ / smallest_ > 1000);
    decimals_ = 0;
    measure(0, 0);
    measuring_ = false;
    width_ = 0;
    measure(0, 0);
  }
  void measure(int axis, extent offset) {
    if (axis < dims_.rank) {
      for_shown(axis, [&](extent i) {
        if (i >= 0) {
          measure(axis + 1, offset + i * strides_[axis]);
        }
      });
    } else if (!measuring_) {
      width_ = std::max(width_, element(offset).size());
    } else if (is_floating() && std::isfinite(real(offset))) {
      const std::string full = number(real(offset), precision);
      const std::size_t point = full.find('.');
      const std::size_t last = full.find_last_not_of('0', std::min(full.find('e'), full.size()) - 1);
      decimals_ = std::max(decimals_, static_cast<int>(last - point));
    }
  }

  [[nodiscard]] std::string number(double x, int decimals) const {
    char digits[400];
    const int length = std::snprintf(digits, sizeof digits, exponential_ ? "%#.*e" : "%#.*f", decimals, x);
    return {digits, static_cast<std::size_t>(length)};
  }
  [[nodiscard]] std::string element(extent at) const {
    if (!is_floating()) {
      return std::to_string(integer(at));
    }
    const double x = real(at);
    if (!std::isfinite(x)) {
      if (std::isnan(x)) {
        return "nan";
      }
      return x > 0 ? "inf" : "-inf";
    }
    std::string text = number(x, decimals_);
    if (!exponential_) { // points stand below each other, zeros that say nothing are left blank
      for (std::size_t i = text.size(); i > 0 && text[i - 1] == '0'; --i) {
        text[i - 1] = ' ';
      }
      if (dims_.rank == 0) {
        text.erase(text.find_last_not_of(' ') + 1);
      }
    }
    return text;
  }

  void write(int axis, extent offset) {
    const auto rank = static_cast<std::size_t>(dims_.rank);
    const auto depth = static_cast<std::size_t>(axis);
    const bool innermost = depth + 1 == rank;
    text_ += '[';
    bool first = true;
    for_shown(axis, [&](extent i) {
      if (!first && !innermost) {
        text_.append(rank - depth - 1, '\n').append(depth + 1, ' ');
      }
      if (innermost) {
        const std::string word = i < 0 ? "..." : element(offset + i * strides_[axis]);
        const std::size_t columns = i < 0 ? word.size() : width_;
        const std::size_t begin = text_.rfind('\n') + 1; // 0 where there is none
        if (!first && text_.size() - begin + 1 + columns + 1 > line_width) {
          text_.append(1, '\n').append(rank, ' ');
        } else if (!first) {
          text_ += ' ';
        }
        text_.append(columns - word.size(), ' ').append(word);
      } else if (i < 0) {
        text_ += "...";
      } else {
        write(axis + 1, offset + i * strides_[axis]);
      }
      first = false;
    });
    text_ += ']';
  }

  const void* data_;
  DType type_;
  Dims dims_;
  const extent* strides_;
  bool shortened_;
  bool exponential_ = false;
  bool measuring_ = true;
  double largest_ = 0;
  double smallest_ = HUGE_VAL;
  int decimals_ = 0;
  std::size_t width_ = 0;
  std::string text_;
};

template <class X>
Dims dims_while_running(const X& x) {
  if constexpr (X::shape::is_static) {
    return X::dims;
  } else {
    Dims dims = X::dims;
    dims.extents[0] = x.rows();
    return dims;
  }
}

} // namespace detail

/// The elements in nested brackets with aligned columns, at most 4 decimals; above 1000 elements only the edges.
template <detail::eager_operand X>
[[nodiscard]] std::string to_string(const X& x) {
  if constexpr (detail::is_tensor<X> || detail::is_view<X>) {
    return detail::ArrayWriter(x.data(), X::dtype, detail::dims_while_running(x), X::strides::values).write();
  } else {
    return to_string(to_tensor(x));
  }
}

template <detail::eager_operand X>
std::ostream& operator<<(std::ostream& out, const X& x) {
  return out << to_string(x);
}

} // namespace cleave
