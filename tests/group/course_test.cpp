// SPDX-License-Identifier: Apache-2.0
// A course through everything a group keeps between calls: two batch sizes, dropout, a frozen parameter, evaluation in
// between and passes that are refused. Whatever the devices, and whatever was refused, it ends at the same place.
#include "support/jobs.hpp"

#include <catch2/catch.hpp>

using cleave::axes::C, cleave::axes::N;

namespace {

using Numbers = std::vector<double>;

struct Net {
  constexpr auto operator()(auto x, auto label) const {
    const auto kept = cleave::dropout<"kept">(x, 0.4);
    const auto hidden = tanh(cleave::linear<"a", C<6>>(kept));
    const auto mixed = softmax<C>(cleave::linear<"b", C<5>>(cleave::concat<C>(hidden, kept)));
    const auto loss = mean<N>(cross_entropy<C>(cleave::linear<"c", C<3>>(mixed), label));
    return cleave::outputs(loss, block_grad(kept), block_grad(mixed));
  }
};

using Written = cleave::Requests<cleave::InputGradient<"x">, cleave::Freeze<"b_bias">>;
using Accumulated = cleave::Requests<cleave::InputGradient<"x">, cleave::Freeze<"b_bias">,
                                     cleave::Accumulate<"a_weight">, cleave::Accumulate<"c_bias">>;

template <class Requests, class DeviceList>
struct CourseJob {
  using model = Net;
  using devices = DeviceList;
  using batches = cleave::Batches<12, 7>;
  using data = cleave::Inputs<cleave::Input<"x", double, N<cleave::batch>, C<4>>,
                              cleave::Input<"label", double, N<cleave::batch>>>;
  using optimizer = cleave::Sgd;
  using requests = Requests;
};
template <class Requests>
using One = CourseJob<Requests, cleave::Devices<cleave::Cpu<0>>>;
template <class Requests>
struct Two : CourseJob<Requests, cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>> {
  static constexpr auto workload = cleave::workload(3., 1.);
};
template <class Requests>
struct Three : CourseJob<Requests, cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>, cleave::Cpu<2>>> {
  static constexpr auto workload = cleave::workload(1., 3., 2.);
};

struct Start { // any fixed one, with all digits in use
  void operator()(const cleave::ParameterSlot& slot, unsigned long long seed) const {
    for (cleave::extent i = 0; i < slot.dims.size(); ++i) {
      static_cast<double*>(slot.data)[i] = 0.6 * std::sin(static_cast<double>(i * 7 + slot.index * 31) + double(seed));
    }
  }
};

template <cleave::extent Rows>
struct Data {
  cleave::Tensor<double, cleave::Shape<N<Rows>, C<4>>> x;
  cleave::Tensor<double, cleave::Shape<N<Rows>>> label;
  explicit Data(int seed) {
    for (cleave::extent i = 0; i < Rows * 4; ++i) {
      x.data()[i] = std::sin(static_cast<double>(i * 5 + seed * 13));
    }
    for (cleave::extent row = 0; row < Rows; ++row) {
      label.data()[row] = static_cast<double>((row * 7 + seed) % 3);
    }
  }
};

template <class Group>
Numbers parameters_of(const Group& group) {
  Numbers all;
  const auto add = [&](auto view) { all.insert(all.end(), view.data(), view.data() + decltype(view)::shape::size); };
  add(group.template parameter<"a_weight">());
  add(group.template parameter<"b_weight">());
  add(group.template parameter<"b_bias">());
  add(group.template parameter<"c_weight">());
  add(group.template parameter<"c_bias">());
  return all;
}

/// Offers batches with a label that is no class, on each end and in the middle, so that any device may be the one.
template <class Job>
void offer_bad_labels(cleave::DataParallelGroup<Job>& group) {
  for (const int row : {0, 5, 11}) {
    Data<12> data(3);
    data.label.data()[row] = 17;
    const cleave::Batch<Job, 12> batch(data.x, data.label);
    const Numbers before = parameters_of(group);
    CHECK_THROWS_AS(group.template forward<cleave::train>(batch), cleave::Error);
    CHECK_THROWS_AS(group.backward(), cleave::Error);
    CHECK_THROWS_AS(group.update({.learning_rate = 0.1}), cleave::Error);
    if constexpr (!cleave::detail::requests_of<Job>::accumulates) {
      CHECK_THROWS_AS(group.step(batch, {.learning_rate = 0.1}), cleave::Error);
    }
    CHECK_THROWS_AS(group.template forward<cleave::evaluate>(batch), cleave::Error);
    CHECK(parameters_of(group) == before);
  }
}

struct Course {
  std::vector<Numbers> kept; // by dropout: which elements depends on seed, pass and row, hence the same bits anywhere
  std::vector<Numbers> sums; // whatever was added up over rows or came of it
};

enum class Labels : bool { good, some_bad };

template <class Job>
Course run(Labels labels) {
  const Data<12> first(1);
  const Data<7> second(2);
  const Data<12> third(5);
  const cleave::Batch<Job, 12> a(first.x, first.label);
  const cleave::Batch<Job, 7> b(second.x, second.label);
  const cleave::Batch<Job, 12> c(third.x, third.label);
  cleave::DataParallelGroup<Job> group;
  group.initialize(Start{}, 1);
  group.set_seed(9);

  Course course;
  const auto numbers = [](auto&& view) { return Numbers(view.begin(), view.end()); };
  const auto step = [&](const auto& batch) {
    group.template forward<cleave::train>(batch);
    group.backward();
    group.update({.learning_rate = 0.1, .momentum = 0.5});
  };
  const auto maybe_offer_bad_labels = [&] {
    if (labels == Labels::some_bad) {
      offer_bad_labels(group);
    }
  };

  maybe_offer_bad_labels();
  step(a);
  course.sums.push_back(numbers(group.template merged_output<0>()));
  course.kept.push_back(numbers(group.template merged_output<1>()));
  course.sums.push_back(numbers(group.template merged_input_gradient<"x">()));

  maybe_offer_bad_labels();
  step(b);
  course.sums.push_back(numbers(group.template merged_output<0, 7>()));
  course.kept.push_back(numbers(group.template merged_output<1, 7>()));
  course.sums.push_back(numbers(group.template merged_input_gradient<"x", 7>()));

  maybe_offer_bad_labels();
  group.template forward<cleave::evaluate>(b);
  course.kept.push_back(numbers(group.template merged_output<1, 7>()));
  course.sums.push_back(numbers(group.template merged_output<2, 7>()));
  step(c);
  course.kept.push_back(numbers(group.template merged_output<1>()));

  // Two passes before an update, an evaluation between them.
  group.template forward<cleave::train>(b);
  group.backward();
  group.template forward<cleave::evaluate>(a);
  group.template forward<cleave::train>(c);
  group.backward();
  group.update({.learning_rate = 0.1});
  course.sums.push_back(parameters_of(group));
  group.template forward<cleave::evaluate>(a);
  course.sums.push_back(numbers(group.template merged_output<0>()));
  return course;
}

void check_same(const Course& expected, const Course& course) {
  CHECK(course.kept == expected.kept);
  REQUIRE(course.sums.size() == expected.sums.size());
  for (std::size_t k = 0; k < expected.sums.size(); ++k) {
    INFO("record " << k);
    REQUIRE(course.sums[k].size() == expected.sums[k].size());
    for (std::size_t i = 0; i < expected.sums[k].size(); ++i) {
      CHECK(course.sums[k][i] == Approx(expected.sums[k][i]).epsilon(1e-12).margin(1e-12));
    }
  }
}

template <class Requests>
void check_courses() {
  const Course expected = run<One<Requests>>(Labels::good);
  check_same(expected, run<One<Requests>>(Labels::some_bad));
  check_same(expected, run<Two<Requests>>(Labels::good));
  check_same(expected, run<Two<Requests>>(Labels::some_bad));
  check_same(expected, run<Three<Requests>>(Labels::good));
  check_same(expected, run<Three<Requests>>(Labels::some_bad));
}

} // namespace

TEST_CASE("refused batches leave no trace in a course, on one device, two or three", "[group]") {
  check_courses<Written>();
}

TEST_CASE("refused batches leave no trace in gradients that add up over passes", "[group]") {
  check_courses<Accumulated>();
}
