// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/shape/shape.hpp>

namespace cleave {
namespace detail {

/// Whether two operands of an elementwise operation fit: one's axes are found in the other, by name and in order.
template <class A, class B>
// NOLINTNEXTLINE(misc-redundant-expression): the sides are equal only where A is B
inline constexpr bool broadcast_fits = broadcasts_to(A::dims, B::dims) || broadcasts_to(B::dims, A::dims);

/// The first axis on which two shapes disagree, for messages: '\0' where none does.
template <class A, class B>
constexpr char differing_axis() {
  for (int i = 0; i < A::rank; ++i) {
    const int j = B::dims.index_of(A::dims.letters[i]);
    if (j >= 0 && B::dims.extents[j] != A::dims.extents[i]) {
      return A::dims.letters[i];
    }
  }
  // NOLINTNEXTLINE(misc-redundant-expression): the sides are equal only where the ranks are
  for (int i = 0; i < A::rank && i < B::rank; ++i) {
    if (A::dims.letters[i] != B::dims.letters[i]) {
      return A::dims.letters[i];
    }
  }
  return '\0';
}

/// Reads as the rule it states: `Op` (a text) on operands of shapes `Left` and `Right`.
template <class Op, class Left, class Right>
concept operands_fit_by_name = broadcast_fits<Left, Right>;

} // namespace detail

/// The shape of an elementwise result: the larger operand's.
template <class A, class B>
using broadcast_t = std::conditional_t<broadcasts_to(B::dims, A::dims), A, B>;

} // namespace cleave
