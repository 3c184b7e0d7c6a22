// SPDX-License-Identifier: Apache-2.0
// convolve/LAYER/WHAT: convolutions of LeNet, of ResNet-20, 1x1 and depthwise; WHAT is forward, data_gradient or
// weight_gradient. Read as fractions of the peak.
#include "kernel_call.hpp"

#include <cleave/ops/convolve_kernels.hpp>

namespace {

/// A square convolution with stride 1 (or another) over square images.
struct Layer {
  const char* name;
  long batch;
  long channels;
  long results;
  long groups;
  long in;
  long kernel;
  long stride;
  long pad;

  [[nodiscard]] long out() const { return (in + 2 * pad - kernel) / stride + 1; }
  [[nodiscard]] double flops() const {
    return 2. * static_cast<double>(batch * results * (channels / groups) * kernel * kernel * out() * out());
  }
};

enum class What { forward, data_gradient, weight_gradient, weight_gradient_in_grains };

void measure(benchmark::State& state, const Layer& layer, What what) {
  const bench::Array<> x(layer.batch * layer.channels * layer.in * layer.in);
  const bench::Array<> w(layer.results * (layer.channels / layer.groups) * layer.kernel * layer.kernel);
  const bench::Array<> y(layer.batch * layer.results * layer.out() * layer.out());
  const long grain = what == What::weight_gradient_in_grains ? 32 : 0;
  const std::initializer_list<cleave::extent> sizes = {layer.batch,
                                                       layer.channels,
                                                       layer.results,
                                                       layer.groups, // of all
                                                       1,
                                                       layer.in,
                                                       layer.in, // extents
                                                       1,
                                                       layer.kernel,
                                                       layer.kernel, // of the kernel
                                                       1,
                                                       layer.stride,
                                                       layer.stride, // stride
                                                       0,
                                                       layer.pad,
                                                       layer.pad, // pad
                                                       1,
                                                       1,
                                                       1, // dilation
                                                       grain,
                                                       0};
  const auto run = [&](const bench::Array<>& result, const bench::Array<>& a, const bench::Array<>& b,
                       cleave::Kernel kernel) {
    const bench::KernelCall call(result.data(), {a.data(), b.data()}, sizes);
    for (auto _ : state) {
      call.run(kernel);
      benchmark::ClobberMemory();
    }
  };
  switch (what) {
  case What::forward:
    run(y, x, w, &cleave::kernels::convolve<float>);
    break;
  case What::data_gradient:
    run(x, y, w, &cleave::kernels::convolve_data_gradient<float>);
    break;
  case What::weight_gradient:
  case What::weight_gradient_in_grains:
    run(w, x, y, &cleave::kernels::convolve_weight_gradient<float>);
    break;
  }
  bench::count_flops(state, layer.flops());
}

constexpr Layer layers[] = {
    {"lenet_1x28x28_20x5x5", 64, 1, 20, 1, 28, 5, 1, 0},    {"lenet_20x12x12_50x5x5", 64, 20, 50, 1, 12, 5, 1, 0},
    {"resnet_16x32x32_16x3x3", 64, 16, 16, 1, 32, 3, 1, 1}, {"resnet_32x16x16_32x3x3", 64, 32, 32, 1, 16, 3, 1, 1},
    {"resnet_64x8x8_64x3x3", 64, 64, 64, 1, 8, 3, 1, 1},    {"resnet_16x32x32_32x3x3_s2", 64, 16, 32, 1, 32, 3, 2, 1},
    {"pointwise_64x28x28_64", 16, 64, 64, 1, 28, 1, 1, 0},  {"pointwise_256x14x14_256", 16, 256, 256, 1, 14, 1, 1, 0},
    {"depthwise_64x28x28_3x3", 16, 64, 64, 64, 28, 3, 1, 1}};

bool add() {
  for (const Layer& layer : layers) {
    const auto one = [&layer](const char* name, What what) {
      benchmark::RegisterBenchmark((std::string("convolve/") + layer.name + "/" + name).c_str(),
                                   [&layer, what](benchmark::State& state) { measure(state, layer, what); });
    };
    one("forward", What::forward);
    one("data_gradient", What::data_gradient);
    one("weight_gradient", What::weight_gradient);
    if (layer.batch == 64) {
      one("weight_gradient_in_grains_of_32", What::weight_gradient_in_grains);
    }
  }
  return true;
}
[[maybe_unused]] const bool added = add();

} // namespace
