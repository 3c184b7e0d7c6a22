// SPDX-License-Identifier: Apache-2.0
// What does not depend on the batch is computed by every device; the group takes it once.
#include "support/jobs.hpp"

#include <catch2/catch.hpp>

using cleave::axes::C, cleave::axes::N, cleave::axes::T;

namespace {

struct SquareNet { // the loss, and with it every gradient, is the same on all devices
  constexpr auto operator()(auto /*data*/, auto scale) const {
    return cleave::sum(square(cleave::linear<"fc", C<4>>(scale)));
  }
};
template <class DeviceList>
struct SquareJob {
  using model = SquareNet;
  using devices = DeviceList;
  using batches = cleave::Batches<6>;
  using data =
      cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>>, cleave::Input<"scale", float, T<2>, C<3>>>;
  using optimizer = cleave::Sgd;
  using requests = cleave::Requests<cleave::InputGradient<"scale">>;
};

template <class DeviceList>
struct AccumulatingJob : SquareJob<DeviceList> {
  using requests = cleave::Requests<cleave::Accumulate<"fc_weight">>;
};

struct CountNet {
  constexpr auto operator()(auto /*data*/, auto scale) const {
    return cleave::softmax_output<"softmax">(cleave::linear<"fc", C<4>>(scale),
                                             {.normalization = cleave::Normalization::valid});
  }
};
template <class DeviceList>
struct CountJob : SquareJob<DeviceList> {
  using model = CountNet;
  using labels = cleave::Inputs<cleave::Input<"softmax_label", float, T<2>>>;
  using requests = cleave::Requests<>;
};

using One = cleave::Devices<cleave::Cpu<0>>;
using Two = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;

struct Arrays {
  cleave::Tensor<float, cleave::Shape<N<6>>> data;
  cleave::Tensor<float, cleave::Shape<T<2>, C<3>>> scale;
  cleave::Tensor<float, cleave::Shape<T<2>>> label;
  Arrays() {
    for (int i = 0; i < 6; ++i) {
      scale.data()[i] = 0.25F * static_cast<float>(i) - 0.5F;
    }
    label.data()[1] = 3;
  }
};

template <class Job>
std::vector<float> input_gradient(const Arrays& arrays) {
  cleave::DataParallelGroup<Job> group;
  group.initialize(test::Ramp{}, 1);
  group.template forward<cleave::train>(cleave::Batch<Job, 6>(arrays.data, arrays.scale));
  group.backward();
  return test::copy_of(group.template merged_input_gradient<"scale">());
}

template <class Job>
std::vector<float> weight_after_a_step(const Arrays& arrays) {
  cleave::DataParallelGroup<Job> group;
  group.initialize(test::Ramp{}, 1);
  group.step(cleave::Batch<Job, 6>(arrays.data, arrays.scale, arrays.label), {.learning_rate = 0.5});
  return test::copy_of(group.template parameter<"fc_weight">());
}

template <class Job>
std::vector<float> weight_after_two_passes(const Arrays& arrays) {
  cleave::DataParallelGroup<Job> group;
  group.initialize(test::Ramp{}, 1);
  for (int pass = 0; pass < 2; ++pass) {
    group.template forward<cleave::train>(cleave::Batch<Job, 6>(arrays.data, arrays.scale));
    group.backward();
  }
  group.update({.learning_rate = 0.5});
  return test::copy_of(group.template parameter<"fc_weight">());
}

} // namespace

TEST_CASE("a gradient that every device has whole is not added up", "[group]") {
  const Arrays arrays;
  CHECK(input_gradient<SquareJob<One>>(arrays) == input_gradient<SquareJob<Two>>(arrays));
}

TEST_CASE("labels that every device has are counted once", "[group]") {
  const Arrays arrays;
  CHECK(weight_after_a_step<CountJob<One>>(arrays) == weight_after_a_step<CountJob<Two>>(arrays));
}

TEST_CASE("a gradient that every device has whole may add up over passes", "[group]") {
  const Arrays arrays;
  const auto one = weight_after_two_passes<AccumulatingJob<One>>(arrays);
  CHECK(one == weight_after_two_passes<AccumulatingJob<Two>>(arrays));
  CHECK(one != weight_after_two_passes<SquareJob<One>>(arrays));
}
