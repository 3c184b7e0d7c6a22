// SPDX-License-Identifier: Apache-2.0
// Dropout in a group: the masks are the whole batch's, whoever computes which rows.
#include "support/jobs.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using cleave::axes::C, cleave::axes::N;

namespace {

struct DropNet {
  constexpr auto operator()(auto data) const {
    const auto kept = cleave::dropout<"drop1">(data, 0.25);
    const auto hidden = cleave::dropout<"drop2">(relu(cleave::linear<"fc1", C<8>>(kept)), 0.5);
    return cleave::outputs(cleave::block_grad(kept),
                           cleave::softmax_output<"softmax">(cleave::linear<"fc2", C<4>>(hidden)));
  }
};

template <class DeviceList>
struct DropJob {
  using model = DropNet;
  using devices = DeviceList;
  using batches = cleave::Batches<24>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<12>>>;
  using labels = cleave::Inputs<cleave::Input<"softmax_label", float, N<cleave::batch>>>;
  using optimizer = cleave::Sgd;
};
using OneDevice = DropJob<cleave::Devices<cleave::Cpu<0>>>;
using TwoDevices = DropJob<cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>>;
using ThreeDevices = DropJob<cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>, cleave::Cpu<2>>>;
struct Uneven : TwoDevices {
  static constexpr auto workload = cleave::workload(3., 1.);
};

/// What is left of the data, and the probabilities, in three training passes with a seed.
template <class Job>
std::vector<std::vector<float>> passes_of(std::uint64_t seed) {
  const test::Rowed<24> rows;
  cleave::DataParallelGroup<Job> group;
  group.initialize(test::Ramp{}, 1);
  group.set_seed(seed);
  std::vector<std::vector<float>> seen;
  for (int pass = 0; pass < 3; ++pass) {
    group.template forward<cleave::train>(cleave::Batch<Job, 24>(rows.data, rows.label));
    const auto kept = group.template merged_output<0>();
    const auto p = group.template merged_output<1>();
    seen.emplace_back(kept.begin(), kept.end());
    seen.emplace_back(p.begin(), p.end());
  }
  return seen;
}

} // namespace

TEST_CASE("dropout gives the same bits on one, two and three devices, however the batch is cut", "[group]") {
  const auto one = passes_of<OneDevice>(5);
  CHECK(one == passes_of<TwoDevices>(5));
  CHECK(one == passes_of<ThreeDevices>(5));
  CHECK(one == passes_of<Uneven>(5));
  CHECK(one[0] != one[2]); // another pass, another mask
  CHECK(one[0] != passes_of<OneDevice>(6)[0]);
}

TEST_CASE("evaluating changes no later mask, and set_seed starts the course afresh", "[group]") {
  const auto expected = passes_of<TwoDevices>(5);
  const test::Rowed<24> rows;
  const cleave::Batch<TwoDevices, 24> batch(rows.data, rows.label);
  cleave::DataParallelGroup<TwoDevices> group;
  group.initialize(test::Ramp{}, 1);
  group.forward<cleave::train>(batch);
  group.set_seed(5);
  for (std::size_t pass = 0; pass < 3; ++pass) {
    group.forward<cleave::evaluate>(batch);
    const auto whole = group.merged_output<0>();
    CHECK(std::equal(whole.begin(), whole.end(), rows.data.begin()));
    group.forward<cleave::train>(batch);
    const auto kept = group.merged_output<0>();
    CHECK(std::equal(kept.begin(), kept.end(), expected[2 * pass].begin()));
  }
}

TEST_CASE("a pass that fails is not counted: the next has its mask", "[group]") {
  const auto expected = passes_of<TwoDevices>(5);
  const test::Rowed<24> rows;
  const cleave::Batch<TwoDevices, 24> batch(rows.data, rows.label);
  cleave::DataParallelGroup<TwoDevices> group;
  group.set_seed(5);
  CHECK_THROWS(group.step(batch, {.learning_rate = 0.1})); // parameters have no values yet
  group.initialize(test::Ramp{}, 1);
  group.step(batch, {.learning_rate = 0.});
  group.forward<cleave::train>(batch);
  const auto kept = group.merged_output<0>();
  CHECK(std::equal(kept.begin(), kept.end(), expected[2].begin()));
}

namespace {

/// A label as an ordinary input, and a loss as an ordinary value.
struct ValueNet {
  constexpr auto operator()(auto data, auto label) const {
    return cleave::mean<N>(cleave::cross_entropy<C>(cleave::linear<"fc", C<4>>(data), label));
  }
};
struct HeadNet {
  constexpr auto operator()(auto data) const {
    return cleave::softmax_output<"softmax">(cleave::linear<"fc", C<4>>(data));
  }
};
template <class DeviceList>
struct ValueJob {
  using model = ValueNet;
  using devices = DeviceList;
  using batches = cleave::Batches<24>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<12>>,
                              cleave::Input<"label", float, N<cleave::batch>>>;
  using optimizer = cleave::Sgd;
};
struct HeadJob : TwoDevices {
  using model = HeadNet;
};

template <class Job>
std::vector<float> trained() {
  const test::Rowed<24> rows;
  cleave::DataParallelGroup<Job> group;
  group.initialize(test::Ramp{}, 1);
  for (int step = 0; step < 5; ++step) {
    group.step(cleave::Batch<Job, 24>(rows.data, rows.label), {.learning_rate = 0.5});
  }
  return test::copy_of(group.template parameter<"fc_weight">());
}

} // namespace

TEST_CASE("a mean cross entropy over a label that is data trains as softmax_output does", "[group]") {
  const auto head = trained<HeadJob>();
  const auto one = trained<ValueJob<cleave::Devices<cleave::Cpu<0>>>>();
  const auto two = trained<ValueJob<cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>>>();
  for (std::size_t i = 0; i < head.size(); ++i) {
    CHECK(one[i] == Approx(head[i]).margin(1e-6));
    CHECK(two[i] == Approx(head[i]).margin(1e-6));
  }
}

TEST_CASE("a label that is no class stops the step in words, and nothing is lost", "[group]") {
  using Job = ValueJob<cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>>;
  test::Rowed<24> rows;
  cleave::DataParallelGroup<Job> group;
  group.initialize(test::Ramp{}, 1);
  const auto before = test::copy_of(group.parameter<"fc_weight">());
  rows.label(20) = 4;
  CHECK_THROWS_WITH(group.step(cleave::Batch<Job, 24>(rows.data, rows.label), {.learning_rate = 0.5}),
                    Catch::Contains("is 4") && Catch::Contains("0 to 3"));
  CHECK(test::copy_of(group.parameter<"fc_weight">()) == before);
}

namespace {

/// Two names of which a hash of 32 bits makes one number.
struct HashesMeet {
  static constexpr bool differentiated = false;
  static constexpr void trace(cleave::Builder& b) {
    using X = cleave::Symbol<float, cleave::Shape<N<4>, C<3>>>;
    const X x(b.leaf(&cleave::rule<cleave::InputLeaf>, "x", X::shape::dims, cleave::DType::f32));
    b.output((cleave::dropout<"costarring">(x, 0.5) + cleave::dropout<"liquid">(x, 0.5)).id);
  }
};

} // namespace

TEST_CASE("layers that would have one mask are refused", "[group]") {
  STATIC_REQUIRE(cleave::detail::hash_text("costarring") == cleave::detail::hash_text("liquid"));
  STATIC_REQUIRE(cleave::fault_of<HashesMeet>.rule == cleave::Rule::name_used_twice);
}
