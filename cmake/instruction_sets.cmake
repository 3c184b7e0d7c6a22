# SPDX-License-Identifier: Apache-2.0
# cleave_isas: the instruction sets beyond the build's own flags that the kernels are compiled for, from the least (sets
# that the flags include already are left out); cleave_options_NAME: their options; cleave_namespace_NAME: what the macro
# CLEAVE_ISA is with them.
include(CheckCXXSourceCompiles)

set(cleave_isas)
if(CLEAVE_ISAS AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  check_cxx_source_compiles("
    #if !defined(__x86_64__) || defined(__AVX__)
    #error
    #endif
    int main() {}" CLEAVE_FLAGS_ARE_BASELINE)
  check_cxx_source_compiles("
    #if !defined(__x86_64__) || defined(__AVX512F__)
    #error
    #endif
    int main() {}" CLEAVE_FLAGS_LACK_AVX512)
  if(CLEAVE_FLAGS_ARE_BASELINE)
    list(APPEND cleave_isas avx2)
  endif()
  if(CLEAVE_FLAGS_LACK_AVX512)
    list(APPEND cleave_isas avx512)
  endif()
endif()
set(cleave_options_baseline)
set(cleave_options_avx2 -march=x86-64-v3)
set(cleave_options_avx512 -march=x86-64-v4 -mprefer-vector-width=512)
set(cleave_namespace_avx2 isa_avx2_fma)
set(cleave_namespace_avx512 isa_avx512)
