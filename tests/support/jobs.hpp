// SPDX-License-Identifier: Apache-2.0
// Small jobs that several group tests train.
#pragma once

#include <cleave/cleave.hpp>

#include <cmath>
#include <vector>

namespace test {

using cleave::axes::C, cleave::axes::N;

struct SmallMlp {
  constexpr auto operator()(auto data) const {
    const auto h1 = relu(cleave::linear<"fc1", C<16>>(data));
    const auto h2 = tanh(cleave::linear<"fc2", C<8>>(h1));
    return cleave::softmax_output<"softmax">(cleave::linear<"fc3", C<4>>(h2));
  }
};

template <class DeviceList>
struct MlpJob {
  using model = SmallMlp;
  using devices = DeviceList;
  using batches = cleave::Batches<24, 10>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<12>>>;
  using labels = cleave::Inputs<cleave::Input<"softmax_label", float, N<cleave::batch>>>;
  using optimizer = cleave::Sgd;
  using requests = cleave::Requests<cleave::InputGradient<"data">>;
};

using OneDevice = MlpJob<cleave::Devices<cleave::Cpu<0>>>;
using TwoDevices = MlpJob<cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>>;
using ThreeDevices = MlpJob<cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>, cleave::Cpu<2>>>;

struct Uneven : TwoDevices {
  static constexpr auto workload = cleave::workload(2., 1.);
};

/// Rows that a small net can learn: the class is the quarter with the largest sum.
template <cleave::extent Rows>
struct Rowed {
  cleave::Tensor<float, cleave::Shape<N<Rows>, C<12>>> data;
  cleave::Tensor<float, cleave::Shape<N<Rows>>> label;

  explicit Rowed(unsigned seed = 1) {
    unsigned state = seed;
    for (cleave::extent r = 0; r < Rows; ++r) {
      float sums[4] = {};
      for (cleave::extent c = 0; c < 12; ++c) {
        state = state * 1664525U + 1013904223U;
        const float x = static_cast<float>(state >> 8U) / 8388608.F - 1.F;
        data.data()[r * 12 + c] = x;
        sums[c / 3] += x;
      }
      int best = 0;
      for (int q = 1; q < 4; ++q) {
        best = sums[q] > sums[best] ? q : best;
      }
      label.data()[r] = static_cast<float>(best);
    }
  }
};

/// Any fixed start.
struct Ramp {
  void operator()(const cleave::ParameterSlot& slot, unsigned long long seed) const {
    auto* const values = static_cast<float*>(slot.data);
    for (cleave::extent i = 0; i < slot.dims.size(); ++i) {
      values[i] = 0.4F * std::sin(static_cast<float>(i * 7 + slot.index * 31 + static_cast<int>(seed)));
    }
  }
};

template <class View>
std::vector<float> copy_of(const View& view) {
  return std::vector<float>(view.data(), view.data() + View::shape::size);
}

} // namespace test
