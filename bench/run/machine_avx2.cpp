// SPDX-License-Identifier: Apache-2.0
#define CLEAVE_BENCH_MACHINE machine_avx2
#define CLEAVE_BENCH_MACHINE_NAME "AVX2 and FMA"
#include "machine.inc"
