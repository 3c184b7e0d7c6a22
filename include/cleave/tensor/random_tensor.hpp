// SPDX-License-Identifier: Apache-2.0
// Tensors of random numbers. Element i is a function of (seed, stream, first_index + i) alone: rows 32 to 63 of a
// tensor have the same bits as a tensor of 32 rows that begins at the index of row 32.
#pragma once

#include <cleave/tensor/random.hpp>
#include <cleave/tensor/tensor.hpp>

namespace cleave {
namespace detail {

// `Op` is a text.
template <class Op, class T>
concept random_element = std::is_same_v<T, float> || std::is_same_v<T, double>;

/// A number in [0, 1) with as many random bits as T can hold: rounding to float could give 1.
template <class T>
T uniform_as(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  if constexpr (std::is_same_v<T, float>) {
    return static_cast<float>(random_bits(seed, stream, index).words[0] >> 8U) * 0x1p-24F;
  } else {
    return uniform(seed, stream, index);
  }
}

} // namespace detail

/// Numbers in [0, 1), evenly distributed: `random_uniform<float, Shape<N<64>, C<10>>>(seed, stream)`. A float has 24
/// random bits, a double 53. `first_index` is the index of the first element in a larger tensor.
template <class T, class S, class D = Cpu<0>>
[[nodiscard]] auto random_uniform(std::uint64_t seed, std::uint64_t stream = 0, std::uint64_t first_index = 0) {
  static_assert(detail::random_element<void, T>, "random_uniform: expects elements of type float or double");
  if constexpr (detail::random_element<void, T>) {
    Tensor<T, S, D> x(uninitialized);
    for (T& element : x) {
      element = detail::uniform_as<T>(seed, stream, first_index++);
    }
    return x;
  } else {
    return Refused{};
  }
}

/// Numbers with mean 0 and deviation 1, normally distributed; arguments as above.
template <class T, class S, class D = Cpu<0>>
[[nodiscard]] auto random_normal(std::uint64_t seed, std::uint64_t stream = 0, std::uint64_t first_index = 0) {
  static_assert(detail::random_element<void, T>, "random_normal: expects elements of type float or double");
  if constexpr (detail::random_element<void, T>) {
    Tensor<T, S, D> x(uninitialized);
    for (T& element : x) {
      element = static_cast<T>(normal(seed, stream, first_index++));
    }
    return x;
  } else {
    return Refused{};
  }
}

/// The numbers 0 to n - 1 in random order along an axis of n elements: `random_permutation<N<1000>>(seed)`. Each order
/// is equally likely (R. Fisher, F. Yates: "Statistical Tables", 1938; R. Durstenfeld: CACM algorithm 235, 1964), up to
/// the bias of uniform_below.
template <class A, class D = Cpu<0>>
[[nodiscard]] Tensor<std::int64_t, Shape<A>, D> random_permutation(std::uint64_t seed, std::uint64_t stream = 0) {
  Tensor<std::int64_t, Shape<A>, D> x(uninitialized);
  std::int64_t* const order = x.data();
  for (extent i = 0; i < A::size; ++i) {
    const extent j = uniform_below(i + 1, seed, stream, static_cast<std::uint64_t>(i)); // inside out
    order[i] = order[j];
    order[j] = i;
  }
  return x;
}

} // namespace cleave
