// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/shape/strided.hpp>

namespace cleave {

/// Where a crop begins, one number for each of its axes: `cleave::offset<2, 3>`.
template <extent... At>
struct Offset {};
template <extent... At>
inline constexpr Offset<At...> offset{};

namespace detail {

/// The first axis of a crop that does not fit; '\0' where all do.
constexpr char crop_misfit(const Dims& x, const Dims& to, const extent* at) {
  for (int i = 0; i < to.rank; ++i) {
    const extent size = x.extent_of(to.letters[i]);
    if (to.extents[i] < 1 || to.extents[i] > size || at[i] < 0 || at[i] > size - to.extents[i]) {
      return to.letters[i];
    }
  }
  return '\0';
}

/// The geometry of a crop to the extents of `to`, `at[i]` elements into its i-th axis.
constexpr Strided cropped(Strided x, const Dims& to, const extent* at) {
  for (int i = 0; i < to.rank; ++i) {
    const int axis = x.dims.index_of(to.letters[i]);
    x.offset += at[i] * x.strides[axis];
    x.dims.extents[axis] = to.extents[i];
  }
  return x;
}

/// A list of offsets as a value.
struct Offsets {
  extent at[max_rank]{};
};

/// Half of what is left over, rounded down, before each axis.
constexpr Offsets centred(const Dims& x, const Dims& to) {
  Offsets offsets;
  for (int i = 0; i < to.rank; ++i) {
    offsets.at[i] = (x.extent_of(to.letters[i]) - to.extents[i]) / 2;
  }
  return offsets;
}

} // namespace detail
} // namespace cleave
