// SPDX-License-Identifier: Apache-2.0
#include "support/jobs.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <string>

using cleave::Batch, cleave::DataParallelGroup, cleave::Error;
using test::OneDevice, test::Rowed, test::ThreeDevices, test::TwoDevices, test::Uneven;

namespace {

/// Parameters after some steps, by name.
template <class Job>
std::vector<std::vector<float>> train(int steps, double momentum) {
  DataParallelGroup<Job> group;
  group.initialize(test::Ramp{}, 3);
  for (int i = 0; i < steps; ++i) {
    const Rowed<24> rows(static_cast<unsigned>(i + 1));
    group.step(Batch<Job, 24>(rows.data, rows.label),
               {.learning_rate = 0.2, .momentum = momentum, .weight_decay = 1e-3});
  }
  return {
      test::copy_of(group.template parameter<"fc1_weight">()), test::copy_of(group.template parameter<"fc1_bias">()),
      test::copy_of(group.template parameter<"fc2_weight">()), test::copy_of(group.template parameter<"fc3_weight">()),
      test::copy_of(group.template parameter<"fc3_bias">())};
}

void check_near(const std::vector<std::vector<float>>& a, const std::vector<std::vector<float>>& b) {
  for (std::size_t k = 0; k < a.size(); ++k) {
    REQUIRE(a[k].size() == b[k].size());
    for (std::size_t i = 0; i < a[k].size(); ++i) {
      CHECK(a[k][i] == Approx(b[k][i]).epsilon(1e-4).margin(1e-6));
    }
  }
}

template <class Action>
std::string error_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("training on several devices equals training on one", "[group]") {
  const auto one = train<OneDevice>(20, 0.9);
  check_near(train<TwoDevices>(20, 0.9), one);
  check_near(train<ThreeDevices>(20, 0.9), one);
  check_near(train<Uneven>(20, 0.9), one);
  check_near(train<TwoDevices>(20, 0), train<OneDevice>(20, 0));
}

TEST_CASE("the same run gives the same bits again", "[group]") {
  CHECK(train<ThreeDevices>(10, 0.9) == train<ThreeDevices>(10, 0.9));
  CHECK(train<Uneven>(10, 0) == train<Uneven>(10, 0));
}

TEST_CASE("slices follow the workload", "[group]") {
  static_assert(DataParallelGroup<Uneven>::slices<>.rows(0) == 16);
  static_assert(DataParallelGroup<Uneven>::slices<>.rows(1) == 8);
  static_assert(DataParallelGroup<ThreeDevices>::slices<10>.end[2] == 10);
}

TEST_CASE("step is forward, backward and update", "[group]") {
  const Rowed<24> rows;
  DataParallelGroup<TwoDevices> fused;
  DataParallelGroup<TwoDevices> phased;
  fused.initialize(test::Ramp{}, 5);
  phased.initialize(test::Ramp{}, 5);
  for (int i = 0; i < 3; ++i) {
    fused.step(Batch<TwoDevices, 24>(rows.data, rows.label), {.learning_rate = 0.1, .momentum = 0.9});
    phased.forward<cleave::train>(Batch<TwoDevices, 24>(rows.data, rows.label));
    phased.backward();
    phased.update({.learning_rate = 0.1, .momentum = 0.9});
  }
  CHECK(test::copy_of(fused.parameter<"fc2_weight">()) == test::copy_of(phased.parameter<"fc2_weight">()));
}

TEST_CASE("replicas stay equal", "[group]") {
  const Rowed<24> rows;
  DataParallelGroup<ThreeDevices> group;
  group.initialize(test::Ramp{}, 5);
  for (int i = 0; i < 5; ++i) {
    group.step(Batch<ThreeDevices, 24>(rows.data, rows.label), {.learning_rate = 0.1, .momentum = 0.9});
  }
  const auto first = test::copy_of(group.replica<"fc1_weight">(0));
  CHECK(test::copy_of(group.replica<"fc1_weight">(1)) == first);
  CHECK(test::copy_of(group.replica<"fc1_weight">(2)) == first);
}

TEST_CASE("merged outputs are the devices' rows in order", "[group]") {
  const Rowed<24> rows;
  DataParallelGroup<Uneven> group;
  group.initialize(test::Ramp{}, 5);
  group.forward<cleave::evaluate>(Batch<Uneven, 24>(rows.data));
  const auto merged = group.merged_outputs();
  const auto first = group.device_output<0>();
  const auto second = group.device_output<1>();
  static_assert(decltype(first)::shape::size == 16 * 4);
  static_assert(decltype(second)::shape::size == 8 * 4);
  for (int i = 0; i < 64; ++i) {
    CHECK(merged.data()[i] == first.data()[i]);
  }
  for (int i = 0; i < 32; ++i) {
    CHECK(merged.data()[64 + i] == second.data()[i]);
  }
}

TEST_CASE("gradients over devices add up to the gradient of one device", "[group]") {
  const Rowed<24> rows;
  DataParallelGroup<OneDevice> one;
  DataParallelGroup<ThreeDevices> three;
  one.initialize(test::Ramp{}, 5);
  three.initialize(test::Ramp{}, 5);
  one.forward<cleave::train>(Batch<OneDevice, 24>(rows.data, rows.label));
  three.forward<cleave::train>(Batch<ThreeDevices, 24>(rows.data, rows.label));
  one.backward();
  three.backward();
  const auto whole = test::copy_of(one.gradient<"fc1_weight">(0).unreduced());
  std::vector<float> sum(whole.size());
  for (const int d : {0, 1, 2}) {
    const auto share = test::copy_of(three.gradient<"fc1_weight">(d).unreduced());
    for (std::size_t i = 0; i < sum.size(); ++i) {
      sum[i] += share[i];
    }
  }
  for (std::size_t i = 0; i < sum.size(); ++i) {
    CHECK(sum[i] == Approx(whole[i]).epsilon(1e-4).margin(1e-6));
  }
  const auto dx = one.merged_input_gradient<"data">();
  const auto joined = three.merged_input_gradient<"data">();
  const auto second = three.input_gradient<"data", 1>();
  for (int i = 0; i < 24 * 12; ++i) {
    CHECK(joined.data()[i] == Approx(dx.data()[i]).epsilon(1e-4).margin(1e-7));
  }
  for (int i = 0; i < 8 * 12; ++i) {
    CHECK(second.data()[i] == joined.data()[8 * 12 + i]);
  }
}

TEST_CASE("a batch of another compiled size may come at any time", "[group]") {
  const Rowed<24> large;
  const Rowed<10> small;
  DataParallelGroup<TwoDevices> group;
  group.initialize(test::Ramp{}, 5);
  group.forward<cleave::evaluate>(Batch<TwoDevices, 24>(large.data));
  const auto before = group.merged_outputs();
  group.forward<cleave::evaluate>(Batch<TwoDevices, 10>(small.data));
  CHECK(group.merged_outputs<10>().data()[0] > 0);
  group.forward<cleave::evaluate>(Batch<TwoDevices, 24>(large.data));
  const auto after = group.merged_outputs();
  for (int i = 0; i < 24 * 4; ++i) {
    CHECK(before.data()[i] == after.data()[i]);
  }
}

TEST_CASE("scatter casts integers to the input's type", "[group]") {
  cleave::Tensor<std::uint8_t, cleave::Shape<test::N<24>, test::C<12>>> bytes;
  cleave::Tensor<std::int32_t, cleave::Shape<test::N<24>>> classes;
  Rowed<24> floats;
  for (int i = 0; i < 24 * 12; ++i) {
    bytes.data()[i] = static_cast<std::uint8_t>(i * 5);
    floats.data.data()[i] = static_cast<float>(bytes.data()[i]);
  }
  for (int i = 0; i < 24; ++i) {
    classes.data()[i] = i % 4;
    floats.label.data()[i] = static_cast<float>(i % 4);
  }
  DataParallelGroup<Uneven> a;
  DataParallelGroup<Uneven> b;
  a.initialize(test::Ramp{}, 1);
  b.initialize(test::Ramp{}, 1);
  a.step(Batch<Uneven, 24>(bytes, classes), {.learning_rate = 1e-3});
  b.step(Batch<Uneven, 24>(floats.data, floats.label), {.learning_rate = 1e-3});
  CHECK(test::copy_of(a.parameter<"fc1_weight">()) == test::copy_of(b.parameter<"fc1_weight">()));
}

TEST_CASE("gradients are readable whatever size the batch had", "[group]") {
  const Rowed<10> rows;
  DataParallelGroup<TwoDevices> group;
  group.initialize(test::Ramp{}, 5);
  group.step(Batch<TwoDevices, 10>(rows.data, rows.label), {.learning_rate = 0.1});
  CHECK(test::copy_of(group.gradient<"fc1_weight">(1).unreduced()).size() == 192);
}

TEST_CASE("calls out of order, and batches that do not fit, are refused in words", "[group]") {
  const Rowed<24> rows;
  DataParallelGroup<TwoDevices> group;
  const Batch<TwoDevices, 24> batch(rows.data, rows.label);
  CHECK(contains(error_of([&] { group.step(batch, {}); }), "fc1_weight has no value yet"));
  group.initialize(test::Ramp{}, 5);
  CHECK(contains(error_of([&] { group.backward(); }), "expects a forward<train> pass"));
  CHECK(contains(error_of([&] { group.step(batch, {.momentum = std::nan("")}); }),
                 "expected a finite momentum, but nan came"));
  CHECK(contains(error_of([&] { group.update({}); }), "expects forward<train> and backward"));
  CHECK(contains(error_of([&] { static_cast<void>(group.merged_outputs()); }), "nothing to read yet"));
  group.forward<cleave::evaluate>(batch);
  CHECK(contains(error_of([&] { group.backward(); }), "forward<evaluate>"));
  CHECK(contains(error_of([&] { static_cast<void>(group.merged_outputs<10>()); }), "merged_outputs<24>()"));
  CHECK(contains(error_of([&] { group.forward<cleave::train>(Batch<TwoDevices, 24>(rows.data)); }),
                 "softmax_label is absent"));
  auto any = batch.any();
  any.rows = 25;
  CHECK(contains(error_of([&] { group.step(any, {}); }), "compiled for batches of 24, 10"));
  group.forward<cleave::train>(batch);
  group.backward();
  CHECK(contains(error_of([&] { group.backward(); }), "already called"));
  group.update({.learning_rate = 0.1});
  CHECK_THROWS_AS(static_cast<void>(group.replica<"fc1_bias">(2)), Error);
}

TEST_CASE("an initialiser that throws changes nothing", "[group]") {
  DataParallelGroup<TwoDevices> group;
  group.initialize(test::Ramp{}, 5);
  const auto before = test::copy_of(group.parameter<"fc1_weight">());
  CHECK_THROWS_AS(group.initialize(
                      [](const cleave::ParameterSlot& slot, unsigned long long) {
                        *static_cast<float*>(slot.data) = 99;
                        if (slot.index == 3) {
                          throw Error("no");
                        }
                      },
                      1),
                  Error);
  CHECK(test::copy_of(group.parameter<"fc1_weight">()) == before);
}

namespace {

struct Accumulating : TwoDevices {
  using requests = cleave::Requests<cleave::Accumulate<"fc1_weight">, cleave::Freeze<"fc2_weight">>;
};

} // namespace

TEST_CASE("accumulated gradients add up until they are cleared, frozen parameters stay", "[group]") {
  const Rowed<24> rows;
  const Batch<Accumulating, 24> batch(rows.data, rows.label);
  DataParallelGroup<Accumulating> group;
  group.initialize(test::Ramp{}, 5);
  const auto frozen = test::copy_of(group.parameter<"fc2_weight">());
  group.forward<cleave::train>(batch);
  group.backward();
  const auto once = test::copy_of(group.gradient<"fc1_weight">(1).unreduced());
  const auto bias = test::copy_of(group.gradient<"fc1_bias">(1).unreduced());
  group.forward<cleave::train>(batch);
  group.backward();
  const auto twice = test::copy_of(group.gradient<"fc1_weight">(1).unreduced());
  for (std::size_t i = 0; i < once.size(); ++i) {
    CHECK(twice[i] == 2 * once[i]);
  }
  CHECK(test::copy_of(group.gradient<"fc1_bias">(1).unreduced()) == bias);
  group.clear_gradients();
  group.forward<cleave::train>(batch);
  group.backward();
  CHECK(test::copy_of(group.gradient<"fc1_weight">(1).unreduced()) == once);
  group.update({.learning_rate = 0.1});
  CHECK(test::copy_of(group.parameter<"fc2_weight">()) == frozen);
}

TEST_CASE("accumulated gradients are divided by all the rows they saw", "[group]") {
  const Rowed<24> rows;
  const Batch<Accumulating, 24> batch(rows.data, rows.label);
  DataParallelGroup<Accumulating> twice;
  DataParallelGroup<Accumulating> once;
  twice.initialize(test::Ramp{}, 5);
  once.initialize(test::Ramp{}, 5);
  for (const int passes : {1, 2}) {
    auto& group = passes == 1 ? once : twice;
    for (int i = 0; i < passes; ++i) {
      group.forward<cleave::train>(batch);
      group.backward();
    }
    group.update({.learning_rate = 0.5});
  }
  const auto a = test::copy_of(once.parameter<"fc1_weight">());
  const auto b = test::copy_of(twice.parameter<"fc1_weight">());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i] == Approx(b[i]).margin(1e-7));
  }
  CHECK(test::copy_of(once.parameter<"fc3_bias">()) == test::copy_of(twice.parameter<"fc3_bias">()));
}

TEST_CASE("initialize starts afresh: no momentum, no gradient of the old parameters", "[group]") {
  const Rowed<24> rows;
  const Batch<TwoDevices, 24> batch(rows.data, rows.label);
  DataParallelGroup<TwoDevices> group;
  std::vector<std::vector<float>> ends;
  for (int run = 0; run < 2; ++run) {
    group.initialize(test::Ramp{}, 5);
    CHECK(contains(error_of([&] { group.update({}); }), "expects forward<train> and backward"));
    for (int i = 0; i < 5; ++i) {
      group.step(batch, {.learning_rate = 0.1, .momentum = 0.9});
    }
    ends.push_back(test::copy_of(group.parameter<"fc1_weight">()));
  }
  CHECK(ends[0] == ends[1]);
  CHECK(contains(error_of([&] { group.update({}); }), "already called for these gradients"));
}

TEST_CASE("a group that was moved from says so", "[group]") {
  DataParallelGroup<TwoDevices> group;
  group.initialize(test::Ramp{}, 5);
  DataParallelGroup<TwoDevices> other = std::move(group);
  // NOLINTNEXTLINE(bugprone-use-after-move): the point of the test
  CHECK(contains(error_of([&] { group.initialize(test::Ramp{}, 5); }), "was moved from"));
  const Rowed<24> rows;
  other.step(Batch<TwoDevices, 24>(rows.data, rows.label), {});
}

namespace {

struct FillDouble {
  void operator()(const cleave::ParameterSlot& slot, unsigned long long /*seed*/) const {
    for (cleave::extent i = 0; i < slot.dims.size(); ++i) {
      static_cast<double*>(slot.data)[i] = 0.1 * static_cast<double>(i % 7) - 0.3;
    }
  }
};

struct Offset { // the loss is linear in a branch that has no rows: its gradient is still that of all rows
  constexpr auto operator()(auto data, auto side) const {
    return cleave::sum<test::N, test::C>(data - cleave::linear<"off", test::C<3>>(side));
  }
};
struct BareLinear { // a sum of a linear layer: the seed 1 is spread over rows that lie on different devices
  constexpr auto operator()(auto data, auto /*side*/) const {
    return cleave::sum<test::N, test::C>(cleave::linear<"off", test::C<3>>(data));
  }
};
template <class Model, class DeviceList>
struct SideJob {
  using model = Model;
  using devices = DeviceList;
  using batches = cleave::Batches<8>;
  using data = cleave::Inputs<cleave::Input<"data", double, test::N<cleave::batch>, test::C<3>>,
                              cleave::Input<"side", double, test::C<4>>>;
  using optimizer = cleave::Sgd;
};

template <class Job>
std::vector<double> bias_after_a_step() {
  cleave::Tensor<double, cleave::Shape<test::N<8>, test::C<3>>> data;
  cleave::Tensor<double, cleave::Shape<test::C<4>>> side;
  data.fill(0.5);
  side.fill(0.25);
  DataParallelGroup<Job> group;
  group.initialize(FillDouble{}, 0);
  group.step(Batch<Job, 8>(data, side), {.learning_rate = 1});
  const auto bias = group.template parameter<"off_bias">();
  return std::vector<double>(bias.data(), bias.data() + 3);
}

} // namespace

TEST_CASE("a branch without rows gets the gradient of the rows of all devices", "[group]") {
  using One = cleave::Devices<cleave::Cpu<0>>;
  using Three = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>, cleave::Cpu<2>>;
  const std::vector<double> start{-0.3, -0.2, -0.1}; // FillDouble's first three
  const auto one = bias_after_a_step<SideJob<Offset, One>>();
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(one[i] - start[i] == Approx(8)); // d/db sum(data - b) = -8 rows
  }
  CHECK(bias_after_a_step<SideJob<Offset, Three>>() == one);
  const auto bare = bias_after_a_step<SideJob<BareLinear, One>>();
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(bare[i] - start[i] == Approx(-8));
  }
  CHECK(bias_after_a_step<SideJob<BareLinear, Three>>() == bare);
}

TEST_CASE("multipliers scale one parameter's learning rate and weight decay", "[group]") {
  const Rowed<24> rows;
  const Batch<OneDevice, 24> batch(rows.data, rows.label);
  DataParallelGroup<OneDevice> group;
  group.initialize(test::Ramp{}, 5);
  const auto weight = test::copy_of(group.parameter<"fc1_weight">());
  const auto bias = test::copy_of(group.parameter<"fc1_bias">());
  group.set_multipliers<"fc1_weight">(0, 0);
  group.forward<cleave::train>(batch);
  group.backward();
  const auto gradient = test::copy_of(group.gradient<"fc1_bias">(0).unreduced());
  group.update({.learning_rate = 0.5, .weight_decay = 0.1});
  CHECK(test::copy_of(group.parameter<"fc1_weight">()) == weight);
  const auto moved = test::copy_of(group.parameter<"fc1_bias">());
  for (std::size_t i = 0; i < moved.size(); ++i) { // biases are not decayed; the head is divided by 24 rows
    CHECK(moved[i] == Approx(bias[i] - 0.5F * gradient[i] / 24).margin(1e-7));
  }
}

TEST_CASE("gradients are clipped after rescaling, and rescale overrides the head's normaliser", "[group]") {
  const Rowed<24> rows;
  const Batch<TwoDevices, 24> batch(rows.data, rows.label);
  DataParallelGroup<TwoDevices> group;
  group.initialize(test::Ramp{}, 5);
  const auto bias = test::copy_of(group.parameter<"fc3_bias">());
  group.forward<cleave::train>(batch);
  group.backward();
  const auto a = test::copy_of(group.gradient<"fc3_bias">(0).unreduced());
  const auto b = test::copy_of(group.gradient<"fc3_bias">(1).unreduced());
  group.update({.learning_rate = 1, .clip_gradient = 0.05, .rescale = 0.1});
  const auto moved = test::copy_of(group.parameter<"fc3_bias">());
  for (std::size_t i = 0; i < moved.size(); ++i) {
    const float g = std::min(0.05F, std::max(-0.05F, 0.1F * (a[i] + b[i])));
    CHECK(moved[i] == Approx(bias[i] - g).margin(1e-6));
  }
}

TEST_CASE("a rescale of 0 is a factor of 0, and by_normaliser is the default", "[group]") {
  const Rowed<24> rows;
  const Batch<TwoDevices, 24> batch(rows.data, rows.label);
  DataParallelGroup<TwoDevices> zero;
  DataParallelGroup<TwoDevices> usual;
  DataParallelGroup<TwoDevices> named;
  for (DataParallelGroup<TwoDevices>* group : {&zero, &usual, &named}) {
    group->initialize(test::Ramp{}, 5);
  }
  const auto before = test::copy_of(zero.parameter<"fc3_weight">());
  zero.step(batch, {.learning_rate = 1, .rescale = 0});
  CHECK(test::copy_of(zero.parameter<"fc3_weight">()) == before);

  usual.step(batch, {.learning_rate = 1});
  named.step(batch, {.learning_rate = 1, .rescale = cleave::by_normaliser});
  CHECK(test::copy_of(usual.parameter<"fc3_weight">()) != before);
  CHECK(test::copy_of(named.parameter<"fc3_weight">()) == test::copy_of(usual.parameter<"fc3_weight">()));
}

TEST_CASE("multipliers must be finite, and refused ones change nothing", "[group]") {
  const Rowed<24> rows;
  const Batch<TwoDevices, 24> batch(rows.data, rows.label);
  DataParallelGroup<TwoDevices> group;
  DataParallelGroup<TwoDevices> untouched;
  group.initialize(test::Ramp{}, 5);
  untouched.initialize(test::Ramp{}, 5);
  CHECK_THROWS_WITH(group.set_multipliers<"fc1_weight">(std::nan(""), 1),
                    Catch::Matchers::Contains("set_multipliers: expected finite factors for the parameter fc1_weight"));
  CHECK_THROWS_AS(group.set_multipliers<"fc1_weight">(1, HUGE_VAL), cleave::Error);
  group.step(batch, {.learning_rate = 1});
  untouched.step(batch, {.learning_rate = 1});
  CHECK(test::copy_of(group.parameter<"fc1_weight">()) == test::copy_of(untouched.parameter<"fc1_weight">()));
}

namespace {

struct ScalarLoss { // no head: a scalar over the batch is a loss by itself
  constexpr auto operator()(auto data, auto target) const {
    const auto distance = cleave::linear<"fc", test::C<3>>(data) - target;
    return cleave::mean<test::N, test::C>(distance * distance);
  }
};
template <class DeviceList>
struct ScalarJob {
  using model = ScalarLoss;
  using devices = DeviceList;
  using batches = cleave::Batches<9>;
  using data = cleave::Inputs<cleave::Input<"data", double, test::N<cleave::batch>, test::C<5>>,
                              cleave::Input<"target", double, test::N<cleave::batch>, test::C<3>>>;
  using optimizer = cleave::Sgd;
};

template <class Job>
double final_loss(int steps) {
  cleave::Tensor<double, cleave::Shape<test::N<9>, test::C<5>>> x;
  cleave::Tensor<double, cleave::Shape<test::N<9>, test::C<3>>> y;
  for (int i = 0; i < 45; ++i) {
    x.data()[i] = std::sin(i);
  }
  for (int i = 0; i < 27; ++i) {
    y.data()[i] = std::cos(i);
  }
  DataParallelGroup<Job> group;
  group.initialize(FillDouble{}, 0);
  for (int i = 0; i < steps; ++i) {
    group.step(Batch<Job, 9>(x, y), {.learning_rate = 0.1});
  }
  return *group.merged_outputs().data();
}

} // namespace

TEST_CASE("a mean over the batch is the mean over all devices, and trains like it", "[group]") {
  using One = ScalarJob<cleave::Devices<cleave::Cpu<0>>>;
  using Three = ScalarJob<cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>, cleave::Cpu<2>>>;
  CHECK(final_loss<Three>(1) == Approx(final_loss<One>(1)).epsilon(1e-12));
  CHECK(final_loss<Three>(30) == Approx(final_loss<One>(30)).epsilon(1e-12));
  CHECK(final_loss<One>(30) < 0.7 * final_loss<One>(1));
}
