// SPDX-License-Identifier: Apache-2.0
// Argument: the number of devices, 1 or 2. Expressions and products run on one thread whatever it is.
#include "work.hpp"

#include <cleave/cleave.hpp>
#include <cleave/ops/kernels.hpp>

namespace {

using cleave::axes::C, cleave::axes::N, cleave::axes::O;

struct Mlp {
  constexpr auto operator()(auto data) const {
    const auto h1 = relu(cleave::linear<"fc1", C<128>>(data));
    const auto h2 = relu(cleave::linear<"fc2", C<64>>(h1));
    return cleave::softmax_output<"softmax">(cleave::linear<"fc3", C<10>>(h2));
  }
};
template <class DeviceList>
struct Job {
  using model = Mlp;
  using devices = DeviceList;
  using batches = cleave::Batches<peers::rows>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<peers::pixels>>>;
  using labels = cleave::Inputs<cleave::Input<"softmax_label", float, N<cleave::batch>>>;
  using optimizer = cleave::Sgd;
};

/// Parameters come layer by layer, each its weight, then its bias.
struct Start {
  void operator()(const cleave::ParameterSlot& slot, unsigned long long /*seed*/) const {
    auto* const values = static_cast<float*>(slot.data);
    for (cleave::extent i = 0; i < slot.dims.size(); ++i) {
      values[i] = slot.index % 2 == 0 ? peers::weight(slot.index / 2, i) : 0.F;
    }
  }
};

template <class DeviceList>
void measure_mlp(double& loss, double& seconds) {
  cleave::Tensor<float, cleave::Shape<N<peers::rows>, C<peers::pixels>>> x;
  cleave::Tensor<float, cleave::Shape<N<peers::rows>>> label;
  for (long i = 0; i < peers::rows * peers::pixels; ++i) {
    x.data()[i] = peers::pixel(i);
  }
  for (long r = 0; r < peers::rows; ++r) {
    label.data()[r] = static_cast<float>(peers::label(r));
  }
  cleave::DataParallelGroup<Job<DeviceList>> group;
  group.initialize(Start{}, 0);
  const cleave::Batch<Job<DeviceList>, peers::rows> batch(x, label);
  const auto step = [&] {
    group.step(batch, {.learning_rate = peers::learning_rate, .momentum = peers::momentum, .weight_decay = 0});
  };
  for (int i = 0; i < peers::checked_steps; ++i) {
    step();
  }
  group.template forward<cleave::evaluate>(batch);
  loss = peers::loss(group.merged_outputs().data());
  seconds = peers::seconds(step);
}

double measure_elementwise() {
  using T = cleave::Tensor<float, cleave::Shape<C<peers::elements>>>;
  T x;
  for (long i = 0; i < peers::elements; ++i) {
    x.data()[i] = peers::pixel(i);
  }
  const T y(x);
  T r;
  return peers::seconds([&] { r = relu(x * 2.F + y); });
}

double measure_matmul() {
  cleave::Tensor<float, cleave::Shape<N<64>, C<peers::pixels>>> left;
  cleave::Tensor<float, cleave::Shape<O<128>, C<peers::pixels>>> right;
  cleave::Tensor<float, cleave::Shape<N<64>, O<128>>> product;
  for (long i = 0; i < 64 * peers::pixels; ++i) {
    left.data()[i] = peers::pixel(i);
  }
  for (long i = 0; i < 128 * peers::pixels; ++i) {
    right.data()[i] = peers::weight(0, i);
  }
  return peers::seconds([&] { product = cleave::einsum<"NC,OC->NO">(left, right); });
}

} // namespace

int main(int count, char** arguments) {
  const bool two = count > 1 && arguments[1][0] == '2';
  double loss = 0;
  double mlp = 0;
  if (two) {
    measure_mlp<cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>>(loss, mlp);
    std::printf("{\"peer\": \"Cleave\", \"loss\": %.9g, \"mlp\": %.9g, \"elementwise\": null, \"matmul\": null}\n",
                loss, mlp);
  } else {
    measure_mlp<cleave::Devices<cleave::Cpu<0>>>(loss, mlp);
    std::printf("{\"peer\": \"Cleave\", \"loss\": %.9g, \"mlp\": %.9g, \"elementwise\": %.9g, \"matmul\": %.9g}\n",
                loss, mlp, measure_elementwise(), measure_matmul());
  }
}
