// SPDX-License-Identifier: Apache-2.0
// The same work by Eigen, compiled twice: for the baseline instruction set (as the library's kernels are by default)
// and for this machine's. Matrices are row-major.
#pragma once

namespace bench {

struct EigenKernels {
  void (*relu_axpy)(float* out, const float* x, const float* y, long count); ///< out = max(2 x + y, 0)
  void (*gemm_nn)(float* out, const float* a, const float* b, long m, long n, long k);
  void (*gemm_nt)(float* out, const float* a, const float* b, long m, long n, long k);
  void (*gemm_tn)(float* out, const float* a, const float* b, long m, long n, long k);
  float (*sum)(const float* x, long count);
  /// out = a b of square matrices whose size the compiler knows: 5, 8, 16, 29, 32.
  void (*gemm_fixed[5])(float* out, const float* a, const float* b);
};

extern const EigenKernels eigen_baseline;
extern const EigenKernels eigen_native;

} // namespace bench
