// SPDX-License-Identifier: Apache-2.0
// The few facts every room agrees on.
//
// What users may define, before the first header of Cleave and alike in all units of a program:
//   CLEAVE_HEADER_ONLY   compile what cleave::kernels holds into each unit that needs it; nothing is linked
//   CLEAVE_WITH_ZLIB     read .gz files through zlib, which is then linked (cleave::kernels: the CMake option
//   CLEAVE_ZLIB)
// What users may ask, in #if; a misspelt name does not compile, because all are called:
//   CLEAVE_HAS_EXCEPTIONS()   errors are thrown; otherwise a handler is called (base/error.hpp)
//   CLEAVE_HAS_CHECKS()       indices are checked: NDEBUG is not defined
//   CLEAVE_HAS_ZLIB()         for cleave::kernels itself, or in header-only mode
#pragma once

#include <cstddef>

#if defined(__cpp_exceptions)
#define CLEAVE_HAS_EXCEPTIONS() 1
#else
#define CLEAVE_HAS_EXCEPTIONS() 0
#endif

#if defined(CLEAVE_WITH_ZLIB)
#define CLEAVE_HAS_ZLIB() 1
#else
#define CLEAVE_HAS_ZLIB() 0
#endif

// Functions whose bodies depend on NDEBUG say so in their symbols, so that units with and without it may be linked.
#if defined(NDEBUG)
#define CLEAVE_HAS_CHECKS() 0
#define CLEAVE_CHECKED
#else
#define CLEAVE_HAS_CHECKS() 1
#define CLEAVE_CHECKED __attribute__((abi_tag("checked")))
#endif

// The namespace of code whose meaning depends on the instruction set: units with other flags then have their own.
#if defined(__AVX512F__)
#define CLEAVE_ISA isa_avx512
#elif defined(__AVX2__) && defined(__FMA__)
#define CLEAVE_ISA isa_avx2_fma
#elif defined(__AVX__) && defined(__FMA__)
#define CLEAVE_ISA isa_avx_fma
#elif defined(__AVX2__)
#define CLEAVE_ISA isa_avx2
#elif defined(__AVX__)
#define CLEAVE_ISA isa_avx
#elif defined(__SSE2__)
#define CLEAVE_ISA isa_sse2
#elif defined(__ARM_NEON)
#define CLEAVE_ISA isa_neon
#else
#define CLEAVE_ISA isa_generic
#endif

// The same for what cleave::kernels compiles once, with its own flags. Where a header has a compiled part, it ends by
// including that part's source in header-only mode: installed beside the headers, or in a source tree's kernels/.
#if defined(CLEAVE_HEADER_ONLY)
#define CLEAVE_INLINE inline
#define CLEAVE_KERNELS CLEAVE_ISA
// clang-format off
#define CLEAVE_QUOTED(path) #path
#if __has_include("../kernels/base/error.cpp") // from include/cleave/ROOM, or from an include folder
#define CLEAVE_SOURCE(room, name) CLEAVE_QUOTED(../kernels/room/name.cpp)
#elif __has_include("../../../kernels/base/error.cpp")
#define CLEAVE_SOURCE(room, name) CLEAVE_QUOTED(../../../kernels/room/name.cpp)
#elif !defined(CLEAVE_SINGLE_HEADER)
#error "CLEAVE_HEADER_ONLY needs the folder kernels: beside the headers, where it is installed, or as it lies in the source tree"
#endif
// clang-format on
#else
#define CLEAVE_INLINE
#if defined(CLEAVE_ISA_UNIT) // a source of kernels/cpu, which is compiled for each instruction set
#define CLEAVE_KERNELS CLEAVE_ISA
#else
#define CLEAVE_KERNELS compiled
#endif
#endif

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
