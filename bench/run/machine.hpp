// SPDX-License-Identifier: Apache-2.0
// What this machine can do at most: loops that only multiply and add, and loops that only move bytes, compiled for each
// instruction set and chosen by what the processor has. The library's benches are read as fractions of these.
#pragma once

namespace bench {

struct MachineKernels {
  const char* name;
  int accumulators; ///< vector registers that the peak loops fill
  /// `turns` times one multiply-add on every lane of every accumulator; returns their sum.
  float (*fma_f32)(long turns);
  double (*fma_f64)(long turns);
  int lanes_f32;
  int lanes_f64;
  // Arrays are aligned to 64 bytes and `count` is a multiple of 64. `stream_` stores bypass the caches.
  void (*copy)(float* out, const float* x, long count);                  ///< out = x
  void (*triad)(float* out, const float* x, const float* y, long count); ///< out = 2 x + y
  void (*stream_copy)(float* out, const float* x, long count);
  void (*stream_triad)(float* out, const float* x, const float* y, long count);
};

extern const MachineKernels machine_baseline;
extern const MachineKernels machine_avx2;
extern const MachineKernels machine_avx512;

/// The widest of them that this processor runs.
const MachineKernels& machine();

} // namespace bench
