// SPDX-License-Identifier: Apache-2.0
// gemm/FORM_MxNxK/WHO: matrix products by the library's kernel, by Eigen called directly and by the libraries of
// gemm_peers.hpp. Read as fractions of the peak. Forms: nn, nt (b transposed), tn (a transposed).
#include "gemm_peers.hpp"
#include "kernel_call.hpp"

#include <cleave/base/half.hpp>
#include <cleave/device/team.hpp>
#include <cleave/ops/contract.hpp>

#include <string>
#include <vector>

namespace {

struct Size {
  long m, n, k;
};

template <class T>
void measure_cleave(benchmark::State& state, int form, Size size, long grain) {
  const bench::Array<T> a(size.m * size.k);
  const bench::Array<T> b(size.n * size.k);
  const bench::Array<T> out(size.m * size.n);
  bench::KernelCall call(out.data(), {a.data(), b.data()}, {1, size.m, size.n, size.k, grain});
  call.arguments.masks[0] = static_cast<std::uint8_t>(form);
  for (auto _ : state) {
    call.run(&cleave::kernels::contract<T>);
    benchmark::ClobberMemory();
  }
  bench::count_flops(state, 2. * static_cast<double>(size.m * size.n * size.k));
}

void measure_team(benchmark::State& state, Size size, int threads) {
  cleave::Team team(threads);
  const cleave::Team::Use use(team);
  measure_cleave<float>(state, 0, size, 0);
}

void measure_peer(benchmark::State& state, bench::Gemm gemm, Size size) {
  const bench::Array<> a(size.m * size.k);
  const bench::Array<> b(size.n * size.k);
  const bench::Array<> out(size.m * size.n);
  for (auto _ : state) {
    gemm(out.data(), a.data(), b.data(), size.m, size.n, size.k);
    benchmark::ClobberMemory();
  }
  bench::count_flops(state, 2. * static_cast<double>(size.m * size.n * size.k));
}

using Run = void (*)(benchmark::State&, int, Size, long);

void add(int form, Size size, bool fixed = false) {
  static constexpr const char* forms[] = {"nn", "tn", "nt"};
  const std::string name = std::string("gemm/") + forms[form] + "_" + std::to_string(size.m) + "x" +
                           std::to_string(size.n) + "x" + std::to_string(size.k) + "/";
  benchmark::RegisterBenchmark((name + "cleave").c_str(), &measure_cleave<float>, form, size, 0L);
  const auto peer = [&](const char* who, const bench::Gemms& gemms) {
    if (gemms.by_form[form] != nullptr) {
      benchmark::RegisterBenchmark((name + who).c_str(), &measure_peer, gemms.by_form[form], size);
    }
  };
  const auto& eigen = bench::eigen_native;
  peer("eigen_native", {{eigen.gemm_nn, eigen.gemm_tn, eigen.gemm_nt}});
  peer("openblas", bench::openblas());
  peer("onednn", bench::onednn());
  if (fixed) {
    static constexpr long sizes[] = {5, 8, 16, 29, 32};
    for (int i = 0; i < 5; ++i) {
      if (sizes[i] == size.m) {
        benchmark::RegisterBenchmark((name + "eigen_fixed").c_str(), [=](benchmark::State& state) {
          const bench::Array<> a(size.m * size.m);
          const bench::Array<> b(size.m * size.m);
          const bench::Array<> out(size.m * size.m);
          for (auto _ : state) {
            bench::eigen_native.gemm_fixed[i](out.data(), a.data(), b.data());
            benchmark::ClobberMemory();
          }
          bench::count_flops(state, 2. * static_cast<double>(size.m * size.m * size.m));
        });
      }
    }
  }
}

bool add_all() {
  enum : int { nn, tn, nt };
  for (const long size : {5L, 8L, 16L, 29L, 32L}) {
    add(nn, {size, size, size}, true);
  }
  for (const int form : {nn, nt, tn}) {
    for (const long size : {64L, 128L, 256L, 512L, 1024L, 2048L}) {
      add(form, {size, size, size});
    }
  }
  // A linear layer 784 -> 128 on 64 rows, and its two gradients; the layer of 10 classes; one row.
  add(nt, {64, 128, 784});
  add(nn, {64, 784, 128});
  add(tn, {128, 784, 64});
  add(nt, {64, 10, 64});
  add(nn, {64, 64, 10});
  add(tn, {10, 64, 64});
  add(nt, {1, 128, 784});
  add(nn, {1, 784, 128});
  add(nn, {784, 1, 128});
  // Weight gradients by grains: what the tree costs.
  for (const Size size : {Size{784, 128, 1024}, Size{128, 64, 512}}) {
    for (const long grain : {0L, 32L, 128L}) {
      const std::string name = "gemm_grains/" + std::to_string(size.m) + "x" + std::to_string(size.n) + "x" +
                               std::to_string(size.k) + "/" + std::to_string(grain);
      benchmark::RegisterBenchmark(name.c_str(), &measure_cleave<float>, int{tn}, size, grain);
    }
  }
  // One team of threads: what the second one brings.
  for (const long size : {64L, 128L, 256L, 512L, 1024L}) {
    for (const int threads : {1, 2}) {
      const std::string name = "gemm_team/nn_" + std::to_string(size) + "/threads:" + std::to_string(threads);
      benchmark::RegisterBenchmark(name.c_str(), &measure_team, Size{size, size, size}, threads)->UseRealTime();
    }
  }
  for (const long size : {64L, 256L, 1024L}) {
    const std::string name = "/nn_" + std::to_string(size);
    const Size square{size, size, size};
    benchmark::RegisterBenchmark(("gemm_f64" + name).c_str(), &measure_cleave<double>, int{nn}, square, 0L);
    benchmark::RegisterBenchmark(("gemm_f16" + name).c_str(), &measure_cleave<cleave::float16>, int{nn}, square, 0L);
    benchmark::RegisterBenchmark(("gemm_bf16" + name).c_str(), &measure_cleave<cleave::bfloat16>, int{nn}, square, 0L);
  }
  return true;
}

[[maybe_unused]] const bool added = add_all();

} // namespace
