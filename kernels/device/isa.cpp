// SPDX-License-Identifier: Apache-2.0
#include <cleave/device/isa.hpp>

#if defined(CLEAVE_HEADER_ONLY)

namespace cleave::inline CLEAVE_ISA {

constexpr Isa isa() { return detail::unit_isa; }

} // namespace cleave::inline CLEAVE_ISA

#else

#include "isa.hpp"

#include <cleave/base/error.hpp>

#include <cstdlib>
#include <cstring>

namespace cleave {
namespace detail::instructions {
namespace {

constexpr Isa compiled[] = {unit_isa
#if defined(CLEAVE_WITH_AVX2)
                            ,
                            Isa::avx2
#endif
#if defined(CLEAVE_WITH_AVX512)
                            ,
                            Isa::avx512
#endif
};

const char* name_of(Isa which) { return isa_names[static_cast<int>(which)]; }

/// Whether this processor understands it. (The libraries ask the operating system as well, which saves the registers.)
bool is_understood(Isa which) {
  if (which <= unit_isa) {
    return true; // or nothing of this program would run
  }
#if defined(__x86_64__)
  __builtin_cpu_init();
#define CLEAVE_PROCESSOR_HAS(feature) static_cast<bool>(__builtin_cpu_supports(feature)) // it takes literals only
  if (!CLEAVE_PROCESSOR_HAS("avx2") || !CLEAVE_PROCESSOR_HAS("fma") || !CLEAVE_PROCESSOR_HAS("bmi") ||
      !CLEAVE_PROCESSOR_HAS("bmi2")) {
    return false;
  }
  return which == Isa::avx2 ||
         (CLEAVE_PROCESSOR_HAS("avx512f") && CLEAVE_PROCESSOR_HAS("avx512bw") && CLEAVE_PROCESSOR_HAS("avx512cd") &&
          CLEAVE_PROCESSOR_HAS("avx512dq") && CLEAVE_PROCESSOR_HAS("avx512vl"));
#undef CLEAVE_PROCESSOR_HAS
#else
  return false;
#endif
}

Isa widest() {
  Isa best = unit_isa;
  for (const Isa which : compiled) {
    best = is_understood(which) ? which : best;
  }
  return best;
}

/// Errors: as `isa`.
Isa named(const char* name) {
  for (const Isa which : compiled) {
    if (std::strcmp(name, name_of(which)) != 0) {
      continue;
    }
    if (!is_understood(which)) {
      // NOLINTNEXTLINE(modernize-raw-string-literal)
      fail("CLEAVE_ISA: the kernels are to use \"%s\", which this processor lacks; the widest it has is \"%s\"", name,
           name_of(widest()));
    }
    return which;
  }
  // NOLINTNEXTLINE(modernize-raw-string-literal)
  fail("CLEAVE_ISA: the kernels are to use \"%s\", but they were compiled for \"%s\" to \"%s\"; name one of those, or "
       "unset the variable",
       name, name_of(compiled[0]), name_of(compiled[sizeof compiled / sizeof compiled[0] - 1]));
}

} // namespace
} // namespace detail::instructions

int detail::choose_isa() {
  const char* const name = std::getenv("CLEAVE_ISA"); // NOLINT(concurrency-mt-unsafe): nothing here writes variables
  const Isa which = name == nullptr ? instructions::widest() : instructions::named(name);
  int index = 0;
  while (instructions::compiled[index] != which) {
    ++index;
  }
  __atomic_store_n(&chosen_isa, index, __ATOMIC_RELAXED);
  return index;
}

int detail::chosen_isa = -1; // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): written once

Isa isa() { return detail::instructions::compiled[detail::isa_index()]; }

} // namespace cleave

#endif
