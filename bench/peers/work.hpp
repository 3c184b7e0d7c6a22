// SPDX-License-Identifier: Apache-2.0
// The work that every peer does, from the same numbers (work.py says the same):
//   mlp          one training step of 784-128-64-10 (relu, softmax cross entropy) on 128 rows; SGD, learning rate 0.05
//                and momentum 0.9; rows and labels lie ready
//   elementwise  r = relu(x * 2 + y) over 2^20 floats
//   matmul       (64 x 784) times (128 x 784) transposed, floats
// and a check that it is the same work: the loss after 20 steps.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>

namespace peers {

inline constexpr long rows = 128;
inline constexpr long pixels = 784;
inline constexpr long elements = 1L << 20U;
inline constexpr int checked_steps = 20;
inline constexpr double learning_rate = 0.05;
inline constexpr double momentum = 0.9;

/// Evenly spread over [-1, 1), the same for the same number on every machine.
inline double noise(std::uint32_t number) {
  std::uint32_t bits = number * 2654435761U;
  bits ^= bits >> 15U;
  bits *= 2246822519U;
  bits ^= bits >> 13U;
  return static_cast<double>(bits) / 2147483648. - 1;
}
inline long label(long row) { return row % 10; }
/// Noise, and what tells the class: every tenth pixel is brighter.
inline float pixel(long i) {
  const bool marked = i % pixels % 10 == label(i / pixels);
  return static_cast<float>(noise(static_cast<std::uint32_t>(i)) + (marked ? 0.5 : 0.));
}
inline float weight(int layer, long i) {
  return static_cast<float>(0.1 * noise(static_cast<std::uint32_t>(i + 1000003 * (layer + 1))));
}

/// Seconds a call: of 15 blocks of at least 20 ms the fastest, which other work on the machine has disturbed least.
template <class Work>
double seconds(Work work) {
  using Clock = std::chrono::steady_clock;
  const auto block = [&work](long calls) {
    const auto start = Clock::now();
    for (long i = 0; i < calls; ++i) {
      work();
    }
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  long calls = 1;
  while (block(calls) < 0.02) {
    calls *= 2;
  }
  double fastest = block(calls);
  for (int i = 1; i < 15; ++i) {
    fastest = std::min(fastest, block(calls));
  }
  return fastest / static_cast<double>(calls);
}

/// Mean cross entropy of probabilities, rows x 10.
inline double loss(const float* probabilities) {
  double total = 0;
  for (long r = 0; r < rows; ++r) {
    total -= std::log(static_cast<double>(probabilities[r * 10 + label(r)]));
  }
  return total / static_cast<double>(rows);
}

} // namespace peers
