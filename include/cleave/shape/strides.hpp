// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/shape/shape.hpp>

#include <utility>

namespace cleave {

/// Distances in elements between neighbours along each axis, in the order of a shape's axes.
template <extent... Stride>
struct Strides {
  static constexpr int rank = sizeof...(Stride);
  /// One more than there are axes, so that a scalar has an array, too.
  static constexpr extent values[sizeof...(Stride) + 1] = {Stride..., 0};
};

namespace detail {

template <class S, int... At>
Strides<S::dims.stride(At)...> row_major_of(std::integer_sequence<int, At...>);

/// Axes of one element do not count: nobody takes a step along them.
constexpr bool is_row_major(const Dims& dims, const extent* strides) {
  for (int i = 0; i < dims.rank; ++i) {
    if (dims.extents[i] != 1 && strides[i] != dims.stride(i)) {
      return false;
    }
  }
  return true;
}

} // namespace detail

/// The strides of a shape whose elements lie one after another, the last axis fastest. Only the leading extent may be
/// dynamic: no stride depends on it.
template <class S>
using row_major_t = decltype(detail::row_major_of<S>(std::make_integer_sequence<int, S::rank>{}));

/// Whether elements of shape `S` at these strides lie one after another in row-major order, without gaps.
template <class S, class St>
inline constexpr bool is_contiguous = detail::is_row_major(S::dims, St::values);

} // namespace cleave
