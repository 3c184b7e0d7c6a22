// SPDX-License-Identifier: Apache-2.0
// Operands for tests of kernels.
#pragma once

#include <cleave/base/config.hpp>

#include <random>
#include <type_traits>
#include <vector>

namespace test {

/// `count` numbers, evenly distributed in [around - width, around + width); the same for the same seed. T is a floating
/// type, also one of 16 bits.
template <class T>
std::vector<T> numbers(cleave::extent count, unsigned seed, double around = 0, double width = 1) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<double> between(around - width, around + width);
  std::vector<T> made(static_cast<std::size_t>(count));
  for (T& x : made) {
    if constexpr (std::is_same_v<T, double>) {
      x = between(engine);
    } else {
      x = static_cast<T>(static_cast<float>(between(engine)));
    }
  }
  return made;
}

} // namespace test
