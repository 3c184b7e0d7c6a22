// SPDX-License-Identifier: Apache-2.0
// New tensors by rule. All take the device last: `zeros<float, Shape<C<3>>, Cpu<1>>()`.
#pragma once

#include <cleave/tensor/tensor.hpp>

namespace cleave {
namespace detail {

// Named rules for messages; `Op` is a text.
template <class Op, class T>
concept counts_evenly = dtype_of<T>::is_element && std::is_floating_point_v<T>;
template <class Op, class A>
concept is_a_static_axis = is_axis<A> && A::size >= 1;
template <class Op, class From, class T>
concept element_takes = number_is_not_cut<T, From>;

} // namespace detail

/// All elements one number. Its type is the element type, or the one that is named: `full<Shape<C<3>>>(2.F)`,
/// `full<float, Shape<C<3>>>(2)`. Errors: throws Error where an integer does not fit.
template <class S, class D = Cpu<0>, detail::number T>
  requires is_shape<S>
[[nodiscard]] Tensor<T, S, D> full(T value) {
  Tensor<T, S, D> x(uninitialized);
  x.fill(value);
  return x;
}
template <class T, class S, class D = Cpu<0>, detail::number Number>
  requires is_shape<S>
[[nodiscard]] Tensor<T, S, D> full(Number value) {
  Tensor<T, S, D> x(uninitialized);
  x.fill(value);
  return x;
}

/// All elements 0.
template <class T, class S, class D = Cpu<0>>
[[nodiscard]] Tensor<T, S, D> zeros() {
  return Tensor<T, S, D>();
}

/// All elements 1.
template <class T, class S, class D = Cpu<0>>
[[nodiscard]] Tensor<T, S, D> ones() {
  return full<T, S, D>(T(1));
}

/// start + i step along one axis: `arange<float, C<10>>(0, 0.5F)`. Each element is computed by itself, so that no error
/// adds up.
template <class T, class A, class D = Cpu<0>>
[[nodiscard]] auto arange(T start = T(0), T step = T(1)) {
  static_assert(detail::is_a_static_axis<void, A>, "arange: expects an axis and its extent, such as C<10>");
  if constexpr (detail::is_a_static_axis<void, A>) {
    Tensor<T, Shape<A>, D> x(uninitialized);
    extent i = 0;
    for (T& element : x) {
      element = static_cast<T>(start + static_cast<T>(i++) * step);
    }
    return x;
  } else {
    return Refused{};
  }
}

/// Numbers at equal distances from `first` to `last`, both included: `linspace<float, C<5>>(0, 1)`. A single one is
/// `first`.
template <class T, class A, class D = Cpu<0>>
[[nodiscard]] auto linspace(T first, T last) {
  static_assert(detail::is_a_static_axis<void, A>, "linspace: expects an axis and its extent, such as C<5>");
  static_assert(detail::counts_evenly<void, T>, "linspace: expects a floating element type, as steps have fractions");
  if constexpr (detail::is_a_static_axis<void, A> && detail::counts_evenly<void, T>) {
    Tensor<T, Shape<A>, D> x(uninitialized);
    const double step = A::size > 1 ? (static_cast<double>(last) - static_cast<double>(first)) / (A::size - 1) : 0;
    for (extent i = 0; i < A::size; ++i) {
      x.data()[i] = static_cast<T>(static_cast<double>(first) + static_cast<double>(i) * step);
    }
    if (A::size > 1) {
      x.data()[A::size - 1] = last; // whatever the step was rounded to
    }
    return x;
  } else {
    return Refused{};
  }
}

/// 1 where the indices along two axes are equal, else 0: `eye<float, N<3>, C<3>>()`; need not be square.
template <class T, class Rows, class Columns, class D = Cpu<0>>
[[nodiscard]] Tensor<T, Shape<Rows, Columns>, D> eye() {
  Tensor<T, Shape<Rows, Columns>, D> x;
  constexpr extent shorter = Rows::size < Columns::size ? Rows::size : Columns::size;
  for (extent i = 0; i < shorter; ++i) {
    x(i, i) = T(1);
  }
  return x;
}

/// A copy of `count` elements in row-major order: `from_elements<Shape<N<2>, C<3>>>(pointer, 6)`. Where the leading
/// extent is dynamic it follows from the count. Errors: throws Error where the count is not the shape's.
template <class S, class D = Cpu<0>, class T>
[[nodiscard]] Tensor<std::remove_const_t<T>, S, D> from_elements(T* elements, std::size_t count) {
  return Tensor<std::remove_const_t<T>, S, D>(elements, count);
}
/// Of a range with data() and size(), such as std::vector or std::span.
template <class S, class D = Cpu<0>, class Range>
  requires requires(const Range& range) {
    *range.data();
    range.size();
  }
[[nodiscard]] auto from_elements(const Range& range) {
  return from_elements<S, D>(range.data(), static_cast<std::size_t>(range.size()));
}

} // namespace cleave
