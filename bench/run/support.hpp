// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/device/memory.hpp>

#include <benchmark/benchmark.h>

namespace bench {

/// Working sets, in elements of each of three float arrays. (The last ones are larger than any cache; the array sizes
/// are also those of static tensors, hence constants.)
inline constexpr long in_l1 = 2048;         //  24 KiB
inline constexpr long in_l2 = 32 * 1024;    // 384 KiB
inline constexpr long in_l3 = 512 * 1024;   //   6 MiB
inline constexpr long in_dram = 16L << 20U; // 192 MiB

/// `count` elements, aligned as tensors are, with small values of either sign: no zeros, no subnormals.
template <class T = float>
class Array {
public:
  explicit Array(long count)
      : memory_(static_cast<std::size_t>(count) * sizeof(T), cleave::uninitialized),
        data_(reinterpret_cast<T*>(memory_.data())) {
    unsigned state = 12345;
    for (long i = 0; i < count; ++i) {
      state = state * 1664525U + 1013904223U;
      data_[i] = static_cast<T>(static_cast<float>(state >> 8U) / (1 << 23) - 0.99F);
    }
  }
  [[nodiscard]] T* data() const { return data_; }

private:
  cleave::Arena memory_;
  T* data_;
};

/// Bytes moved per second, as the program sees them (reads and writes, without what caches fetch before a write).
inline void count_bytes(benchmark::State& state, double bytes) {
  state.counters["bytes"] = benchmark::Counter(bytes, benchmark::Counter::kIsIterationInvariantRate);
}
inline void count_flops(benchmark::State& state, double flops) {
  state.counters["flops"] = benchmark::Counter(flops, benchmark::Counter::kIsIterationInvariantRate);
}

} // namespace bench
