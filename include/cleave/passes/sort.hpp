// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/vector.hpp>

namespace cleave::detail {

/// Sorts by `before(a, b)`, keeping the order of equals: merge sort, n log n. (<algorithm> would cost every user's
/// unit.)
template <class T, class Before>
constexpr void sort(Vector<T>& values, Before before) {
  Vector<T> other(values.size());
  for (int run = 1; run < values.size(); run *= 2) {
    for (int begin = 0; begin < values.size(); begin += 2 * run) {
      const int middle = begin + run < values.size() ? begin + run : values.size();
      const int end = middle + run < values.size() ? middle + run : values.size();
      int left = begin;
      int right = middle;
      for (int to = begin; to < end; ++to) {
        const bool take_left = left < middle && (right == end || !before(values[right], values[left]));
        other[to] = take_left ? values[left++] : values[right++];
      }
    }
    values.swap(other);
  }
}

} // namespace cleave::detail
