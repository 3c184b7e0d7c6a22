// SPDX-License-Identifier: Apache-2.0
// The compiler's vector types, as wide as the registers of the build's instruction set.
#pragma once

#include <cleave/base/config.hpp>

#include <cstring>
#include <type_traits>

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
  using in_memory [[gnu::vector_size(register_bytes), gnu::aligned(sizeof(T)), gnu::may_alias]] = T;
};
template <class T>
using Vector = typename Lanes<T>::type;

/// One register from memory, of any alignment. (g++ 12 takes a memcpy of 16 bytes for an integer's, and then keeps sums
/// that are stored so in memory.)
template <class T>
Vector<T> load(const T* from) {
  return *reinterpret_cast<const typename Lanes<T>::in_memory*>(from);
}

template <class T>
void store(T* to, const Vector<T>& value) {
  *reinterpret_cast<typename Lanes<T>::in_memory*>(to) = value;
}

/// The first lanes of a register, at least one: what the end of a row fills.
template <class T>
class FirstLanes {
public:
  explicit FirstLanes(extent count)
#if defined(__AVX512F__)
      : mask_(static_cast<Mask>((2U << static_cast<unsigned>(count - 1)) - 1U)) {
  }
  // The builtins want masks of as many bits as there are lanes. No memory behind the lanes is touched.
  [[nodiscard]] Vector<T> load(const T* from) const {
    const Vector<T> zeros{};
    if constexpr (sizeof(T) == sizeof(float)) {
      return __builtin_ia32_loadups512_mask(from, zeros, mask_);
    } else {
      return __builtin_ia32_loadupd512_mask(from, zeros, mask_);
    }
  }
  void store(T* to, Vector<T> value) const { // by value: an address would keep sums in memory
    if constexpr (sizeof(T) == sizeof(float)) {
      __builtin_ia32_storeups512_mask(to, value, mask_);
    } else {
      __builtin_ia32_storeupd512_mask(to, value, mask_);
    }
  }

private:
  using Mask = std::conditional_t<sizeof(T) == sizeof(float), unsigned short, unsigned char>;
  Mask mask_;
#else
      : count_(count) {
  }
  [[nodiscard]] Vector<T> load(const T* from) const {
    T lanes[Lanes<T>::count] = {};
    copy<Lanes<T>::count>(lanes, from);
    return kernels::load(lanes);
  }
  void store(T* to, Vector<T> value) const { // by value: an address would keep sums in memory
    T lanes[Lanes<T>::count];
    kernels::store(lanes, value);
    copy<Lanes<T>::count>(to, lanes);
  }

private:
  /// In pieces of half as many lanes each, whose sizes the compiler knows.
  template <int Piece>
  void copy(T* to, const T* from) const {
    const bool taken = (count_ & Piece) != 0;
    if (taken) {
      std::memcpy(to, from, Piece * sizeof(T));
    }
    if constexpr (Piece > 1) {
      copy<Piece / 2>(to + (taken ? Piece : 0), from + (taken ? Piece : 0));
    }
  }
  extent count_;
#endif
};

/// Whether FirstLanes::load is as fast as a load of the whole register.
#if defined(__AVX512F__)
inline constexpr bool fast_first_lanes = true;
#else
inline constexpr bool fast_first_lanes = false;
#endif

} // namespace cleave::kernels::inline CLEAVE_ISA
