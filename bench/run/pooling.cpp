// SPDX-License-Identifier: Apache-2.0
// pooling/LAYER/WHAT: windows of LeNet, of the entry of larger nets and of whole planes; WHAT is max (with positions),
// max_gradient, mean or mean_gradient. Read as fractions of a copy of as many bytes.
#include "kernel_call.hpp"

#include <cleave/ops/pool_kernels.hpp>

#include <cstdint>

namespace {

/// Square windows over square planes.
struct Layer {
  const char* name;
  long planes;
  long in;
  long out;
  long kernel;
  long stride;
  long pad;

  [[nodiscard]] long x_count() const { return planes * in * in; }
  [[nodiscard]] long y_count() const { return planes * out * out; }
};

bench::KernelCall make_call(const Layer& layer, const void* result, std::initializer_list<const void*> operands) {
  bench::KernelCall call(const_cast<void*>(result), operands,
                         {layer.planes, 1, layer.in, layer.in, 1, layer.out, layer.out, 1, layer.kernel, layer.kernel,
                          1, layer.stride, layer.stride, 0, layer.pad, layer.pad});
  call.arguments.masks[0] = 1; // positions are written, sums divided
  return call;
}

enum class What { max, max_gradient, mean, mean_gradient };

void measure(benchmark::State& state, const Layer& layer, What what) {
  const bench::Array<> x(layer.x_count());
  const bench::Array<> y(layer.y_count());
  const bench::Array<std::int32_t> positions(layer.y_count());
  make_call(layer, y.data(), {x.data(), positions.data()}).run(&cleave::kernels::pool_max<float>);
  const auto run = [&](const bench::KernelCall& call, cleave::Kernel kernel, long elements) {
    for (auto _ : state) {
      call.run(kernel);
      benchmark::ClobberMemory();
    }
    bench::count_bytes(state, 4. * static_cast<double>(elements));
  };
  const long xs = layer.x_count();
  const long ys = layer.y_count();
  switch (what) {
  case What::max:
    return run(make_call(layer, y.data(), {x.data(), positions.data()}), &cleave::kernels::pool_max<float>,
               xs + 2 * ys);
  case What::max_gradient:
    return run(make_call(layer, x.data(), {y.data(), positions.data()}), &cleave::kernels::pool_max_gradient<float>,
               xs + 2 * ys);
  case What::mean:
    return run(make_call(layer, y.data(), {x.data()}), &cleave::kernels::pool_sum<float>, xs + ys);
  case What::mean_gradient:
    return run(make_call(layer, x.data(), {y.data()}), &cleave::kernels::pool_sum_gradient<float>, xs + ys);
  }
}

constexpr Layer layers[] = {{"lenet_24x24_2x2", 64L * 20, 24, 12, 2, 2, 0},
                            {"lenet_8x8_2x2", 64L * 50, 8, 4, 2, 2, 0},
                            {"entry_112x112_3x3_s2", 64, 112, 56, 3, 2, 1},
                            {"global_7x7", 16L * 512, 7, 1, 7, 1, 0}};

bool add() {
  for (const Layer& layer : layers) {
    const auto one = [&layer](const char* name, What what) {
      benchmark::RegisterBenchmark((std::string("pooling/") + layer.name + "/" + name).c_str(),
                                   [&layer, what](benchmark::State& state) { measure(state, layer, what); });
    };
    one("max", What::max);
    one("max_gradient", What::max_gradient);
    one("mean", What::mean);
    one("mean_gradient", What::mean_gradient);
  }
  return true;
}
[[maybe_unused]] const bool added = add();

} // namespace
