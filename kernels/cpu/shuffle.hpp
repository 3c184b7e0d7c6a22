// SPDX-License-Identifier: Apache-2.0
// Blocks of lanes of two registers in another order, by the compiler's own shuffles.
#pragma once

#include "vector.hpp"

#include <utility>

namespace cleave::kernels::inline CLEAVE_ISA {

namespace shuffles {

/// Even blocks are a's, `FromA` lanes further on; odd ones are b's, `FromB` lanes further on.
template <int Block, int FromA, int FromB, class V, int... At>
V mix(const V& a, const V& b, std::integer_sequence<int, At...> /*lanes*/) {
  constexpr int count = sizeof...(At);
  return __builtin_shufflevector(a, b, (At / Block % 2 == 0 ? At + FromA : count + At + FromB)...);
}

template <int Distance, class V, int... At>
V rotate(const V& a, std::integer_sequence<int, At...> /*lanes*/) {
  return __builtin_shufflevector(a, a, (At + Distance) % static_cast<int>(sizeof...(At))...);
}

} // namespace shuffles

template <class T>
using AllLanes = std::make_integer_sequence<int, Lanes<T>::count>;

// Of two registers in blocks of `Block` lanes, a0 a1 a2 ... and b0 b1 b2 ...:
/// a0 b1 a2 b3 ...
template <class T, int Block>
Vector<T> blend_blocks(const Vector<T>& a, const Vector<T>& b) {
  return shuffles::mix<Block, 0, 0>(a, b, AllLanes<T>{});
}
/// a1 b0 a3 b2 ...
template <class T, int Block>
Vector<T> cross_blocks(const Vector<T>& a, const Vector<T>& b) {
  return shuffles::mix<Block, Block, -Block>(a, b, AllLanes<T>{});
}
/// a0 b0 a2 b2 ...
template <class T, int Block>
Vector<T> even_blocks(const Vector<T>& a, const Vector<T>& b) {
  return shuffles::mix<Block, 0, -Block>(a, b, AllLanes<T>{});
}
/// a1 b1 a3 b3 ...
template <class T, int Block>
Vector<T> odd_blocks(const Vector<T>& a, const Vector<T>& b) {
  return shuffles::mix<Block, Block, 0>(a, b, AllLanes<T>{});
}
/// Lane i holds what was in lane i + Distance, around the end.
template <class T, int Distance>
Vector<T> rotate_lanes(const Vector<T>& a) {
  return shuffles::rotate<Distance>(a, AllLanes<T>{});
}

} // namespace cleave::kernels::inline CLEAVE_ISA
