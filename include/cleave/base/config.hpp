// SPDX-License-Identifier: Apache-2.0
// The few facts every room agrees on.
#pragma once

#include <cstddef>

#if defined(__CUDACC__)
#define CLEAVE_HOST_DEVICE __host__ __device__
#else
#define CLEAVE_HOST_DEVICE
#endif

// Tells the optimiser that loop iterations are independent; used where outputs never alias inputs partially.
#if defined(__clang__)
#define CLEAVE_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__) && !defined(__CUDACC__)
#define CLEAVE_INDEPENDENT _Pragma("GCC ivdep")
#else
#define CLEAVE_INDEPENDENT
#endif

namespace cleave {

/// Number of elements along an axis, and every index and stride (in elements).
using extent = std::ptrdiff_t;

/// The extent of an axis that is known only while running (data sets at the edge).
inline constexpr extent dynamic = -1;

/// The extent of the batch axis in a job's inputs: `N<batch>` stands for whichever batch size is used.
inline constexpr extent batch = -2;

/// Most axes a shape may have.
inline constexpr int max_rank = 6;

namespace detail {

/// The bound of an array for `count` elements: at least 1, since an array cannot be empty.
constexpr std::size_t room_for(int count) { return count > 0 ? static_cast<std::size_t>(count) : 1; }

} // namespace detail

/// Bytes every arena and tensor is aligned to: one cache line, one AVX-512 register.
inline constexpr std::size_t alignment = 64;

} // namespace cleave
