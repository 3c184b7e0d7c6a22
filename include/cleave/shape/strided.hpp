// SPDX-License-Identifier: Apache-2.0
// A view's geometry as a value: constexpr functions turn one into another (a slice, a transposition), and the result is
// lifted into the types `Shape` and `Strides`.
#pragma once

#include <cleave/shape/strides.hpp>

namespace cleave::detail {

/// Axes with their strides, and where the first element is, all in elements.
struct Strided {
  Dims dims{};
  extent strides[max_rank]{};
  extent offset = 0;

  constexpr void push_back(char letter, extent count, extent stride) {
    strides[dims.rank] = stride;
    dims.push_back(letter, count);
  }
};

template <class S, class St>
constexpr Strided strided_of() {
  Strided all;
  for (int i = 0; i < S::rank; ++i) {
    all.push_back(S::dims.letters[i], S::dims.extents[i], St::values[i]);
  }
  return all;
}

template <class Of, int... At>
Shape<Axis<Of::value.dims.letters[At], Of::value.dims.extents[At]>...>
    lift_shape(std::integer_sequence<int, At...> /*axes*/);
template <class Of, int... At>
Strides<Of::value.strides[At]...> lift_strides(std::integer_sequence<int, At...> /*axes*/);

/// The types of a geometry: `Of` has a constant `value` of type Strided.
template <class Of>
using shape_lifted = decltype(lift_shape<Of>(std::make_integer_sequence<int, Of::value.dims.rank>{}));
template <class Of>
using strides_lifted = decltype(lift_strides<Of>(std::make_integer_sequence<int, Of::value.dims.rank>{}));

} // namespace cleave::detail
