// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/config.hpp>

namespace cleave {

/// Instruction sets that kernels are compiled for, each a superset of the one before. `baseline` is what the compiler
/// assumes of every processor; `avx2` and `avx512` are the levels 3 and 4 of x86-64 (x86-64-v3: AVX2 and FMA;
/// x86-64-v4: AVX-512 F, BW, CD, DQ, VL).
enum class Isa : unsigned char { baseline, avx2, avx512 };

inline constexpr const char* isa_names[] = {"baseline", "avx2", "avx512"};

namespace detail::inline CLEAVE_ISA {

/// What this unit's flags allow.
#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512CD__) && defined(__AVX512DQ__) &&                 \
    defined(__AVX512VL__)
inline constexpr Isa unit_isa = Isa::avx512;
#elif defined(__AVX2__) && defined(__FMA__)
inline constexpr Isa unit_isa = Isa::avx2;
#else
inline constexpr Isa unit_isa = Isa::baseline;
#endif

} // namespace detail::inline CLEAVE_ISA

#if !defined(CLEAVE_HEADER_ONLY)
/// The instruction set of the kernels: the widest that cleave::kernels has and the processor understands (its features
/// are asked, never its model), or the one that the environment variable CLEAVE_ISA names. Decided at the first use. In
/// header-only mode: the unit's. Errors: throws Error where the variable names none of `isa_names`, one that was not
/// compiled or one that the processor lacks.
[[nodiscard]] Isa isa();
#endif

} // namespace cleave

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(device, isa)
#endif
