// SPDX-License-Identifier: Apache-2.0
// The compiler's vector types, as wide as the registers of the build's instruction set.
#pragma once

#include <cleave/base/config.hpp>

#include <cstring>

namespace cleave::kernels::inline CLEAVE_ISA {

#if defined(__AVX512F__)
inline constexpr int register_bytes = 64;
inline constexpr int register_count = 32;
#elif defined(__AVX__)
inline constexpr int register_bytes = 32;
inline constexpr int register_count = 16;
#elif defined(__ARM_NEON)
inline constexpr int register_bytes = 16;
inline constexpr int register_count = 32;
#else
inline constexpr int register_bytes = 16;
inline constexpr int register_count = 16;
#endif

template <class T>
struct Lanes {
  static constexpr int count = register_bytes / static_cast<int>(sizeof(T));
  using type [[gnu::vector_size(register_bytes)]] = T;
};
template <class T>
using Vector = typename Lanes<T>::type;

/// One register from memory, of any alignment.
template <class T>
Vector<T> load(const T* from) {
  Vector<T> value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <class T>
void store(T* to, const Vector<T>& value) {
  std::memcpy(to, &value, sizeof value);
}

} // namespace cleave::kernels::inline CLEAVE_ISA
