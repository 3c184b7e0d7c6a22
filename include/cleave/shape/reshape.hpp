// SPDX-License-Identifier: Apache-2.0
// Other axes for the same elements.
#pragma once

#include <cleave/shape/strided.hpp>

namespace cleave::detail {

/// Elements before one step along an axis begins: the product of the extents in front of it.
constexpr extent elements_before(const Dims& x, char letter) {
  extent product = 1;
  for (int i = 0; i < x.rank && x.letters[i] != letter; ++i) {
    product = times(product, x.extents[i]);
  }
  return product;
}

/// A reshape keeps rows where the batch axis, if there is one, has the same extent and position among the elements.
constexpr bool keeps_rows(const Dims& from, const Dims& to) {
  return !from.has(batch_axis) || (to.has(batch_axis) && from.extent_of(batch_axis) == to.extent_of(batch_axis) &&
                                   elements_before(from, batch_axis) == elements_before(to, batch_axis));
}

/// Row-major elements with other axes.
constexpr Strided reshaped(const Dims& to) {
  Strided made;
  for (int i = 0; i < to.rank; ++i) {
    made.push_back(to.letters[i], to.extents[i], to.stride(i));
  }
  return made;
}

/// All axes but N as one axis, last. Rank -1 where their elements are not evenly spaced.
constexpr Strided flattened(const Strided& x, char letter) {
  Strided made;
  made.offset = x.offset;
  extent count = 1;
  extent stride = 1; // of the last axis of more than one element
  for (int i = x.dims.rank - 1; i >= 0; --i) {
    const extent here = x.dims.extents[i];
    if (x.dims.letters[i] == batch_axis || here == 1) {
      continue;
    }
    if (count == 1) {
      stride = x.strides[i];
    } else if (x.strides[i] != stride * count) {
      made.dims.rank = -1;
      return made;
    }
    count *= here;
  }
  if (x.dims.has(batch_axis)) {
    made.push_back(batch_axis, x.dims.extent_of(batch_axis), x.strides[x.dims.index_of(batch_axis)]);
  }
  made.push_back(letter, count, stride);
  return made;
}

/// One axis gets another letter.
constexpr Strided renamed(Strided x, char from, char to) {
  x.dims.letters[x.dims.index_of(from)] = to;
  return x;
}

/// A new leading axis of one element.
constexpr Strided with_leading_axis(const Strided& x, char letter) {
  Strided made;
  made.offset = x.offset;
  made.push_back(letter, 1, x.dims.rank == 0 ? 1 : times(x.dims.extents[0], x.strides[0]));
  for (int i = 0; i < x.dims.rank; ++i) {
    made.push_back(x.dims.letters[i], x.dims.extents[i], x.strides[i]);
  }
  return made;
}

constexpr Strided without_axis(const Strided& x, char letter) {
  Strided made;
  made.offset = x.offset;
  for (int i = 0; i < x.dims.rank; ++i) {
    if (x.dims.letters[i] != letter) {
      made.push_back(x.dims.letters[i], x.dims.extents[i], x.strides[i]);
    }
  }
  return made;
}

/// Spread along the axes of `to` that it lacks, by stride 0.
constexpr Strided broadcasted(const Strided& x, const Dims& to) {
  Strided made;
  made.offset = x.offset;
  for (int i = 0; i < to.rank; ++i) {
    const int axis = x.dims.index_of(to.letters[i]);
    made.push_back(to.letters[i], to.extents[i], axis < 0 ? 0 : x.strides[axis]);
  }
  return made;
}

} // namespace cleave::detail
