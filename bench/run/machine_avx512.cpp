// SPDX-License-Identifier: Apache-2.0
#define CLEAVE_BENCH_MACHINE machine_avx512
#define CLEAVE_BENCH_MACHINE_NAME "AVX-512"
#include "machine.inc"
