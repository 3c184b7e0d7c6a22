// SPDX-License-Identifier: Apache-2.0
// gemm/FORM/WHO: the three products of a linear layer 784 -> 128 on 64 rows, and one square product, by the library's
// kernel and by Eigen called directly. Read as fractions of the peak.
#include "eigen.hpp"
#include "kernel_call.hpp"

#include <cleave/ops/contract.hpp>

namespace {

/// Which operands of a product lie transposed: bits, as the kernel reads them.
enum Transposed : unsigned char { none, first, second };

using Gemm = void (*)(float*, const float*, const float*, long, long, long);

template <long M, long N, long K>
void measure(benchmark::State& state, int transposed, Gemm gemm) {
  const bench::Array<> a(M * K);
  const bench::Array<> b(N * K);
  const bench::Array<> out(M * N);
  bench::KernelCall call(out.data(), {a.data(), b.data()}, {1, M, N, K});
  call.arguments.masks[0] = static_cast<std::uint8_t>(transposed);
  for (auto _ : state) {
    if (gemm == nullptr) {
      call.run(&cleave::kernels::contract<float>);
    } else {
      gemm(out.data(), a.data(), b.data(), M, N, K);
    }
    benchmark::ClobberMemory();
  }
  bench::count_flops(state, 2. * M * N * K);
}

template <long M, long N, long K>
bool add(const char* form, Transposed transposed, Gemm bench::EigenKernels::* gemm) {
  const std::string name = std::string("gemm/") + form;
  const auto one = [&name, transposed](const char* who, Gemm theirs) {
    benchmark::RegisterBenchmark((name + "/" + who).c_str(),
                                 [=](benchmark::State& state) { measure<M, N, K>(state, transposed, theirs); });
  };
  one("cleave", nullptr);
  one("eigen", bench::eigen_baseline.*gemm);
  one("eigen_native", bench::eigen_native.*gemm);
  return true;
}

using bench::EigenKernels;
[[maybe_unused]] const bool added = add<64, 128, 784>("forward_64x128x784", second, &EigenKernels::gemm_nt) &&
                                    add<64, 784, 128>("data_gradient_64x784x128", none, &EigenKernels::gemm_nn) &&
                                    add<128, 784, 64>("weight_gradient_128x784x64", first, &EigenKernels::gemm_tn) &&
                                    add<256, 256, 256>("square_256x256x256", none, &EigenKernels::gemm_nn);

} // namespace
