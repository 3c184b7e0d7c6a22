// SPDX-License-Identifier: Apache-2.0
// gemm/FORM/WHO: the three products of a linear layer 784 -> 128 on 64 rows, and one square product, by the library's
// kernel and by Eigen called directly. Read as fractions of the peak.
#include "eigen.hpp"
#include "kernel_call.hpp"

namespace {

using Gemm = void (*)(float*, const float*, const float*, long, long, long);

template <long M, long N, long K>
void measure(benchmark::State& state, cleave::Kernel kernel, Gemm gemm) {
  const bench::Array<> a(M * K);
  const bench::Array<> b(N * K);
  const bench::Array<> out(M * N);
  const bench::KernelCall call(out.data(), {a.data(), b.data()}, {M, N, K});
  for (auto _ : state) {
    if (kernel != nullptr) {
      call.run(kernel);
    } else {
      gemm(out.data(), a.data(), b.data(), M, N, K);
    }
    benchmark::ClobberMemory();
  }
  bench::count_flops(state, 2. * M * N * K);
}

template <long M, long N, long K>
bool add(const char* form, cleave::Kernel kernel, Gemm bench::EigenKernels::* gemm) {
  const std::string name = std::string("gemm/") + form;
  const auto one = [&name](const char* who, cleave::Kernel ours, Gemm theirs) {
    benchmark::RegisterBenchmark((name + "/" + who).c_str(),
                                 [=](benchmark::State& state) { measure<M, N, K>(state, ours, theirs); });
  };
  one("cleave", kernel, nullptr);
  one("eigen", nullptr, bench::eigen_baseline.*gemm);
  one("eigen_native", nullptr, bench::eigen_native.*gemm);
  return true;
}

using bench::EigenKernels;
namespace kernels = cleave::kernels;
[[maybe_unused]] const bool added =
    add<64, 128, 784>("forward_64x128x784", &kernels::gemm_nt<float>, &EigenKernels::gemm_nt) &&
    add<64, 784, 128>("data_gradient_64x784x128", &kernels::gemm_nn<float>, &EigenKernels::gemm_nn) &&
    add<128, 784, 64>("weight_gradient_128x784x64", &kernels::gemm_tn<float>, &EigenKernels::gemm_tn) &&
    add<256, 256, 256>("square_256x256x256", &kernels::gemm_nn<float>, &EigenKernels::gemm_nn);

} // namespace
