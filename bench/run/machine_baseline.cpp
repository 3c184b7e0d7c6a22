// SPDX-License-Identifier: Apache-2.0
#define CLEAVE_BENCH_MACHINE machine_baseline
#define CLEAVE_BENCH_MACHINE_NAME "baseline"
#include "machine.inc"
