// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/shape/strided.hpp>

namespace cleave::detail {

/// Whether `count` letters are all letters of a shape, each once.
constexpr bool is_order_of(const Dims& x, const char* letters, int count) {
  Dims seen;
  for (int i = 0; i < count && i < max_rank; ++i) {
    if (!x.has(letters[i]) || seen.has(letters[i])) {
      return false;
    }
    seen.push_back(letters[i], 1);
  }
  return count == x.rank;
}

/// The geometry with its axes in another order.
constexpr Strided transposed(const Strided& x, const char* order) {
  Strided to;
  to.offset = x.offset;
  for (int i = 0; i < x.dims.rank; ++i) {
    const int axis = x.dims.index_of(order[i]);
    to.push_back(order[i], x.dims.extents[axis], x.strides[axis]);
  }
  return to;
}

/// The letters of a shape, last to first.
struct Letters {
  char value[max_rank + 1]{};
};
constexpr Letters reversed_letters(const Dims& x) {
  Letters letters;
  for (int i = 0; i < x.rank; ++i) {
    letters.value[i] = x.letters[x.rank - 1 - i];
  }
  return letters;
}

} // namespace cleave::detail
