// SPDX-License-Identifier: Apache-2.0
// Lanes of registers in another order, by the compiler's own shuffles.
#pragma once

#include "vector.hpp"

#include <utility>

namespace cleave::kernels::inline CLEAVE_ISA {

namespace shuffles {

template <int Block, int First, class V, int... At>
V every_other(const V& a, const V& b, std::integer_sequence<int, At...> /*lanes*/) {
  return __builtin_shufflevector(a, b, (At / Block * 2 + First) * Block + At % Block...);
}

template <int Distance, class V, int... At>
V rotate(const V& a, std::integer_sequence<int, At...> /*lanes*/) {
  return __builtin_shufflevector(a, a, (At + Distance) % static_cast<int>(sizeof...(At))...);
}

} // namespace shuffles

/// Two registers as one sequence of blocks of `Block` lanes: the first, the third, ...
template <class T, int Block>
Vector<T> even_blocks(const Vector<T>& a, const Vector<T>& b) {
  return shuffles::every_other<Block, 0>(a, b, std::make_integer_sequence<int, Lanes<T>::count>{});
}
/// ... and the second, the fourth, ...
template <class T, int Block>
Vector<T> odd_blocks(const Vector<T>& a, const Vector<T>& b) {
  return shuffles::every_other<Block, 1>(a, b, std::make_integer_sequence<int, Lanes<T>::count>{});
}
/// Lane i holds what was in lane i + Distance, around the end.
template <class T, int Distance>
Vector<T> rotate_lanes(const Vector<T>& a) {
  return shuffles::rotate<Distance>(a, std::make_integer_sequence<int, Lanes<T>::count>{});
}

} // namespace cleave::kernels::inline CLEAVE_ISA
