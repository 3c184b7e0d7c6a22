// SPDX-License-Identifier: Apache-2.0
// How the kernels of kernels/cpu get into cleave::kernels: each source is compiled once for every instruction set, in a
// namespace of that name (CLEAVE_ISA), and the unit of the least also defines the functions users link against, in the
// namespace `compiled`, which go to the chosen one. At the end of a source, at global scope:
//   CLEAVE_INSTANTIATE(softmax, float, double)
// In header-only mode the compiler instantiates what is used.
#pragma once

#include <cleave/graph/kernel.hpp>

#if defined(CLEAVE_HEADER_ONLY)

#define CLEAVE_INSTANTIATE(kernel, ...)

#else

#include "../device/isa.hpp"

// NOLINTBEGIN(bugprone-macro-parentheses): the arguments are names
#define CLEAVE_KERNEL_DECLARED_IN(isa, kernel)                                                                         \
  namespace isa {                                                                                                      \
  template <class T>                                                                                                   \
  void kernel(std::byte* const* arenas, const KernelArguments& call);                                                  \
  }
#if defined(CLEAVE_WITH_AVX2)
#define CLEAVE_AVX2_DECLARED(kernel) CLEAVE_KERNEL_DECLARED_IN(isa_avx2_fma, kernel)
#define CLEAVE_AVX2_LISTED(kernel) , &isa_avx2_fma::kernel<T>
#else
#define CLEAVE_AVX2_DECLARED(kernel)
#define CLEAVE_AVX2_LISTED(kernel)
#endif
#if defined(CLEAVE_WITH_AVX512)
#define CLEAVE_AVX512_DECLARED(kernel) CLEAVE_KERNEL_DECLARED_IN(isa_avx512, kernel)
#define CLEAVE_AVX512_LISTED(kernel) , &isa_avx512::kernel<T>
#else
#define CLEAVE_AVX512_DECLARED(kernel)
#define CLEAVE_AVX512_LISTED(kernel)
#endif

#if defined(CLEAVE_DISPATCHES)
#define CLEAVE_KERNEL_DISPATCHED(kernel)                                                                               \
  namespace cleave::kernels {                                                                                          \
  CLEAVE_AVX2_DECLARED(kernel)                                                                                         \
  CLEAVE_AVX512_DECLARED(kernel)                                                                                       \
  namespace compiled {                                                                                                 \
  template <class T>                                                                                                   \
  void kernel(std::byte* const* arenas, const KernelArguments& call) {                                                 \
    static constexpr Kernel by_isa[] = {&CLEAVE_ISA::kernel<T> CLEAVE_AVX2_LISTED(kernel)                              \
                                            CLEAVE_AVX512_LISTED(kernel)};                                             \
    by_isa[detail::isa_index()](arenas, call);                                                                         \
  }                                                                                                                    \
  }                                                                                                                    \
  }
#define CLEAVE_KERNEL_OF(kernel, T)                                                                                    \
  template void cleave::kernels::CLEAVE_ISA::kernel<T>(std::byte* const*, const cleave::KernelArguments&);             \
  template void cleave::kernels::compiled::kernel<T>(std::byte* const*, const cleave::KernelArguments&);
#else
#define CLEAVE_KERNEL_DISPATCHED(kernel)
#define CLEAVE_KERNEL_OF(kernel, T)                                                                                    \
  template void cleave::kernels::CLEAVE_ISA::kernel<T>(std::byte* const*, const cleave::KernelArguments&);
#endif

#define CLEAVE_KERNEL_OF_1(kernel, A) CLEAVE_KERNEL_OF(kernel, A)
#define CLEAVE_KERNEL_OF_2(kernel, A, B) CLEAVE_KERNEL_OF(kernel, A) CLEAVE_KERNEL_OF(kernel, B)
#define CLEAVE_KERNEL_OF_3(kernel, A, ...) CLEAVE_KERNEL_OF(kernel, A) CLEAVE_KERNEL_OF_2(kernel, __VA_ARGS__)
#define CLEAVE_KERNEL_OF_4(kernel, A, ...) CLEAVE_KERNEL_OF(kernel, A) CLEAVE_KERNEL_OF_3(kernel, __VA_ARGS__)
#define CLEAVE_KERNEL_OF_5(kernel, A, ...) CLEAVE_KERNEL_OF(kernel, A) CLEAVE_KERNEL_OF_4(kernel, __VA_ARGS__)
#define CLEAVE_KERNEL_BY_COUNT(one, two, three, four, five, chosen, ...) chosen
#define CLEAVE_INSTANTIATE(kernel, ...)                                                                                \
  CLEAVE_KERNEL_DISPATCHED(kernel)                                                                                     \
  CLEAVE_KERNEL_BY_COUNT(__VA_ARGS__, CLEAVE_KERNEL_OF_5, CLEAVE_KERNEL_OF_4, CLEAVE_KERNEL_OF_3, CLEAVE_KERNEL_OF_2,  \
                         CLEAVE_KERNEL_OF_1, )                                                                         \
  (kernel, __VA_ARGS__)
// NOLINTEND(bugprone-macro-parentheses)

#endif
