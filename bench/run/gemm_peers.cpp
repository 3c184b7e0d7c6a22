// SPDX-License-Identifier: Apache-2.0
#include "gemm_peers.hpp"

#if defined(CLEAVE_BENCH_OPENBLAS)
#include <cblas.h>
#endif
#if defined(CLEAVE_BENCH_ONEDNN)
#include <dnnl.h>
#endif

namespace bench {
namespace {

#if defined(CLEAVE_BENCH_OPENBLAS)
template <bool TransposeA, bool TransposeB>
void by_openblas(float* out, const float* a, const float* b, long m, long n, long k) {
  cblas_sgemm(CblasRowMajor, TransposeA ? CblasTrans : CblasNoTrans, TransposeB ? CblasTrans : CblasNoTrans,
              static_cast<int>(m), static_cast<int>(n), static_cast<int>(k), 1.F, a,
              static_cast<int>(TransposeA ? m : k), b, static_cast<int>(TransposeB ? k : n), 0.F, out,
              static_cast<int>(n));
}
#endif
#if defined(CLEAVE_BENCH_ONEDNN)
template <bool TransposeA, bool TransposeB>
void by_onednn(float* out, const float* a, const float* b, long m, long n, long k) {
  dnnl_sgemm(TransposeA ? 'T' : 'N', TransposeB ? 'T' : 'N', m, n, k, 1.F, a, TransposeA ? m : k, b, TransposeB ? k : n,
             0.F, out, n);
}
#endif

} // namespace

Gemms openblas() {
#if defined(CLEAVE_BENCH_OPENBLAS)
  return {{&by_openblas<false, false>, &by_openblas<true, false>, &by_openblas<false, true>}};
#else
  return {};
#endif
}

Gemms onednn() {
#if defined(CLEAVE_BENCH_ONEDNN)
  return {{&by_onednn<false, false>, &by_onednn<true, false>, &by_onednn<false, true>}};
#else
  return {};
#endif
}

} // namespace bench
