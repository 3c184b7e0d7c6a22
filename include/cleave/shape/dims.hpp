// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/shape/axis.hpp>

namespace cleave {
namespace detail {

/// More elements than can be counted.
inline constexpr extent uncountable = __PTRDIFF_MAX__;

/// A product of extents; `uncountable` where it is too large. (Markers such as `dynamic` are negative and small.)
constexpr extent times(extent a, extent b) { return b > 0 && a > uncountable / b ? uncountable : a * b; }

} // namespace detail

/// A shape as a value: what a graph node carries. The type `Shape` is what users write.
struct Dims {
  int rank = 0;
  extent extents[max_rank]{};
  char letters[max_rank]{};

  [[nodiscard]] constexpr extent size() const {
    extent product = 1;
    for (int i = 0; i < rank; ++i) {
      product = detail::times(product, extents[i]);
    }
    return product;
  }
  /// Position of an axis, or -1.
  [[nodiscard]] constexpr int index_of(char letter) const {
    for (int i = 0; i < rank; ++i) {
      if (letters[i] == letter) {
        return i;
      }
    }
    return -1;
  }
  [[nodiscard]] constexpr bool has(char letter) const { return index_of(letter) >= 0; }
  /// Elements along an axis; 1 where the axis is absent.
  [[nodiscard]] constexpr extent extent_of(char letter) const {
    const int i = index_of(letter);
    return i < 0 ? 1 : extents[i];
  }
  constexpr void push_back(char letter, extent count) {
    letters[rank] = letter;
    extents[rank++] = count;
  }
  [[nodiscard]] constexpr Dims without(char letter) const {
    Dims rest;
    for (int i = 0; i < rank; ++i) {
      if (letters[i] != letter) {
        rest.push_back(letters[i], extents[i]);
      }
    }
    return rest;
  }
  /// Row-major distance in elements between neighbours along position `i`.
  [[nodiscard]] constexpr extent stride(int i) const {
    extent product = 1;
    for (int j = i + 1; j < rank; ++j) {
      product = detail::times(product, extents[j]);
    }
    return product;
  }
  friend constexpr bool operator==(const Dims& a, const Dims& b) {
    if (a.rank != b.rank) {
      return false;
    }
    for (int i = 0; i < a.rank; ++i) {
      if (a.letters[i] != b.letters[i] || a.extents[i] != b.extents[i]) {
        return false;
      }
    }
    return true;
  }
};

/// Broadcasting is by name: `part` fits `whole` when its axes appear in `whole`, in the same order, with equal
/// extents.
constexpr bool broadcasts_to(const Dims& part, const Dims& whole) {
  int at = 0;
  for (int i = 0; i < part.rank; ++i) {
    while (at < whole.rank && whole.letters[at] != part.letters[i]) {
      ++at;
    }
    if (at == whole.rank || whole.extents[at] != part.extents[i]) {
      return false;
    }
    ++at;
  }
  return true;
}

} // namespace cleave
