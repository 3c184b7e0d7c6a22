// SPDX-License-Identifier: Apache-2.0
// Copies on another device and of another element type.
#pragma once

#include <cleave/device/copy.hpp>
#include <cleave/tensor/look.hpp>

namespace cleave {
namespace detail {

// Named rules for messages; `Op` is a text.
template <class Op, class D>
concept names_a_device = is_device<D>;
template <class Op, class T>
concept is_element_type = dtype_of<T>::is_element;

#define CLEAVE_RULES(RULE)                                                                                             \
  RULE("copy_to: expects a device, such as cleave::Cpu<1>", names_a_device<void, To>)                                  \
  RULE("copy_to: the value " CLEAVE_IS_PARTIAL, no_operand_is_partial<void, X>)
CLEAVE_JUDGE(copy_to, CLEAVE_RULES, class To, class X, bool Known = refused_operand<X>)
#undef CLEAVE_RULES

#define CLEAVE_RULES(RULE)                                                                                             \
  RULE("cast: expects float, double, std::int32_t, std::int64_t or std::uint8_t", is_element_type<void, To>)           \
  RULE("cast: the value " CLEAVE_IS_PARTIAL, no_operand_is_partial<void, X>)
CLEAVE_JUDGE(cast, CLEAVE_RULES, class To, class X, bool Known = refused_operand<X>)
#undef CLEAVE_RULES

/// A new tensor with the elements of a tensor, view or expression, converted where the types differ.
template <class Copied, class X>
Copied copied(const X& x) {
  if constexpr (!has_memory<void, X>) {
    if constexpr (std::is_same_v<typename Copied::element, typename X::element>) {
      Copied copy(uninitialized);
      write_to<typename Copied::strides>(copy.data(), x);
      return copy;
    } else {
      return copied<Copied>(to_tensor(x));
    }
  } else {
    const auto fill = [&x](Copied& copy) {
      if (copy.size() > 0) {
        copy_strided(copy.data(), Copied::dtype, Copied::strides::values, x.held().data(), X::dtype, X::strides::values,
                     dims_while_running(x));
      }
    };
    if constexpr (X::shape::is_static) {
      Copied copy(uninitialized);
      fill(copy);
      return copy;
    } else {
      Copied copy(x.rows(), uninitialized);
      fill(copy);
      return copy;
    }
  }
}

} // namespace detail

/// A copy on another device (or the same): `copy_to<Cpu<1>>(x)`, of a tensor, a view or an expression. Errors while
/// compiling: no device, a partial sum.
template <class To, operand X>
  requires(!detail::symbol_operand<X>)
[[nodiscard]] auto copy_to(const X& x) {
  detail::expect_copy_to<To, X>();
  if constexpr (detail::copy_to_is_right<To, X>()) {
    return detail::copied<Tensor<typename X::element, typename X::shape, To>>(x);
  } else {
    return Refused{};
  }
}

/// Elements converted to another type, as a new tensor: `cast<double>(x)`. A floating number becomes an integer by
/// dropping its fraction; the nearest one where it is out of range, 0 for NaN. Integers become smaller ones by dropping
/// high bits. Errors while compiling: no element type, a partial sum.
template <class To, operand X>
  requires(!detail::symbol_operand<X>)
[[nodiscard]] auto cast(const X& x) {
  detail::expect_cast<To, X>();
  if constexpr (detail::cast_is_right<To, X>()) {
    return detail::copied<Tensor<To, typename X::shape, typename X::device>>(x);
  } else {
    return Refused{};
  }
}

} // namespace cleave
