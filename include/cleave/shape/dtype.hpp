// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/config.hpp>

#include <cstdint>

namespace cleave {

/// Element types, as values for the graph and for files.
enum class DType : std::uint8_t { f32, f64, i32, i64, u8 };

constexpr extent size_of(DType type) {
  switch (type) {
  case DType::f32:
  case DType::i32:
    return 4;
  case DType::f64:
  case DType::i64:
    return 8;
  case DType::u8:
    return 1;
  }
  return 0;
}

/// Whether graph operations compute with it; the other types hold data.
constexpr bool is_floating(DType type) { return type == DType::f32 || type == DType::f64; }

constexpr const char* name_of(DType type) {
  switch (type) {
  case DType::f32:
    return "f32";
  case DType::f64:
    return "f64";
  case DType::i32:
    return "i32";
  case DType::i64:
    return "i64";
  case DType::u8:
    return "u8";
  }
  return "?";
}

namespace detail {
/// What an element type is; a type without a specialisation is none.
template <class T>
struct dtype_of {
  static constexpr bool is_element = false;
  static constexpr DType value = DType::f32; // what follows an error that was reported
};
template <>
struct dtype_of<float> {
  static constexpr bool is_element = true;
  static constexpr DType value = DType::f32;
};
template <>
struct dtype_of<double> {
  static constexpr bool is_element = true;
  static constexpr DType value = DType::f64;
};
template <>
struct dtype_of<std::int32_t> {
  static constexpr bool is_element = true;
  static constexpr DType value = DType::i32;
};
template <>
struct dtype_of<std::int64_t> {
  static constexpr bool is_element = true;
  static constexpr DType value = DType::i64;
};
template <>
struct dtype_of<std::uint8_t> {
  static constexpr bool is_element = true;
  static constexpr DType value = DType::u8;
};
} // namespace detail

namespace detail {
template <DType Type>
struct element_of {
  using type = float;
};
template <>
struct element_of<DType::f64> {
  using type = double;
};
template <>
struct element_of<DType::i32> {
  using type = std::int32_t;
};
template <>
struct element_of<DType::i64> {
  using type = std::int64_t;
};
template <>
struct element_of<DType::u8> {
  using type = std::uint8_t;
};
} // namespace detail

/// The C++ type of a DType.
template <DType Type>
using element_t = typename detail::element_of<Type>::type;

/// The DType of a C++ type: float, double, std::int32_t, std::int64_t or std::uint8_t.
template <class T>
inline constexpr DType dtype_v = detail::dtype_of<T>::value;

} // namespace cleave
