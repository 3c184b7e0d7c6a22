// SPDX-License-Identifier: Apache-2.0
#include <cleave/group/metric.hpp>

#include <support/scratch_folder.hpp>

#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

namespace {

using Catch::Contains;
using cleave::BatchInput;
using cleave::ClassificationMetric;
using cleave::extent;
using cleave::axes::C;
using cleave::axes::N;
using support::error_of;

template <class T>
BatchInput labels_in(const std::vector<T>& labels) {
  return {labels.data(), cleave::dtype_v<T>};
}

struct SmallView { // what the metric needs of a tensor or view
  using shape = cleave::Shape<N<2>, C<3>>;
  const float* from;
  [[nodiscard]] const float* data() const { return from; }
};

TEST_CASE("a metric that has seen nothing is not a number", "[group][metric]") {
  ClassificationMetric metric;
  CHECK(std::isnan(metric.accuracy()));
  CHECK(std::isnan(metric.cross_entropy()));
  CHECK(metric.count() == 0);
  metric.add(nullptr, 10, {&metric, cleave::DType::u8}, 5, 5); // filler only
  CHECK(std::isnan(metric.accuracy()));
}

// Recorded from MXNet 1.9.1 (tests/data/oracle/metrics.json: x1_ce, x2_acc, acc_ties, acc_seq, ce_seq).
TEST_CASE("accuracy and cross-entropy are MXNet's", "[group][metric]") {
  {
    ClassificationMetric metric;
    const std::vector<float> p{0.2F, 0.3F, 0.5F, 0.6F, 0.1F, 0.3F};
    metric.add(p.data(), 3, labels_in(std::vector<float>{2, 1}), 2);
    CHECK(metric.cross_entropy() == Approx(1.497866153717041));
  }
  {
    ClassificationMetric metric;
    const std::vector<float> p{0.3F, 0.7F, 0, 1, 0.4F, 0.6F};
    metric.add(p.data(), 2, labels_in(std::vector<std::int32_t>{0, 1, 1}), 3);
    CHECK(metric.accuracy() == Approx(2. / 3));
  }
  {
    ClassificationMetric metric;
    const std::vector<float> p{0.5F, 0.5F, 0.5F, 0.5F};
    metric.add(p.data(), 2, labels_in(std::vector<double>{0, 1}), 2);
    CHECK(metric.accuracy() == 0.5); // of equal probabilities the first counts
  }
  {
    ClassificationMetric metric;
    const std::vector<float> first{0.055F, 0.4F,   0.545F, 0.356F, 0.583F, 0.061F, 0.143F, 0.313F, 0.544F,
                                   0.086F, 0.471F, 0.442F, 0.113F, 0.442F, 0.445F, 0.752F, 0.098F, 0.15F};
    const std::vector<float> second{0.04F,  0.958F, 0.002F, 0.085F, 0.655F, 0.26F,  0.908F, 0.046F, 0.047F,
                                    0.289F, 0.62F,  0.091F, 0.47F,  0.247F, 0.283F, 0.576F, 0.382F, 0.042F};
    metric.add(first.data(), 3, labels_in(std::vector<std::int64_t>{1, 1, 1, 1, 1, 0}), 6);
    CHECK(metric.accuracy() == 0.5);
    metric.add(second.data(), 3, labels_in(std::vector<std::uint8_t>{0, 2, 1, 1, 2, 1}), 6);
    CHECK(metric.accuracy() == Approx(1. / 3));
    CHECK(metric.count() == 12);
  }
  {
    ClassificationMetric metric;
    const std::vector<float> p{0.1F,   0.364F, 0.536F, 0.31F, 0.221F, 0.469F, 0.809F, 0,      0.191F,
                               0.464F, 0.099F, 0.436F, 0.01F, 0.729F, 0.261F, 0.187F, 0.017F, 0.796F};
    metric.add(p.data(), 3, labels_in(std::vector<float>{1, 0, 0, 0, 2, 2}), 6);
    CHECK(metric.cross_entropy() == Approx(0.7888337771097819));
  }
}

TEST_CASE("a probability of zero costs a finite loss", "[group][metric]") {
  ClassificationMetric metric;
  const std::vector<float> p{0, 1};
  metric.add(p.data(), 2, labels_in(std::vector<float>{0}), 1);
  CHECK(metric.cross_entropy() == Approx(-std::log(1e-12)));
}

TEST_CASE("filler rows are left out, whatever their labels", "[group][metric]") {
  ClassificationMetric metric;
  const std::vector<float> p{0.9F, 0.1F, 0.9F, 0.1F, 0.9F, 0.1F};
  metric.add(p.data(), 2, labels_in(std::vector<float>{0, 1, 77}), 3, 1);
  CHECK(metric.count() == 2);
  CHECK(metric.accuracy() == 0.5);
  CHECK(metric.cross_entropy() == Approx((-std::log(0.9) - std::log(0.1)) / 2));
  metric.reset();
  CHECK(metric.count() == 0);
}

TEST_CASE("a tensor or view brings its own rows and classes", "[group][metric]") {
  ClassificationMetric metric;
  const std::vector<float> p{0.2F, 0.3F, 0.5F, 0.6F, 0.1F, 0.3F};
  metric.add(SmallView{p.data()}, labels_in(std::vector<float>{2, 1}));
  CHECK(metric.count() == 2);
  CHECK(metric.accuracy() == 0.5);
  metric.add(SmallView{p.data()}, labels_in(std::vector<float>{2, 1}), 1);
  CHECK(metric.count() == 3);
}

TEST_CASE("labels outside the classes are refused and change nothing", "[group][metric]") {
  ClassificationMetric metric;
  const std::vector<float> p{0.2F, 0.3F, 0.5F, 0.6F, 0.1F, 0.3F};
  metric.add(p.data(), 3, labels_in(std::vector<float>{2, 0}), 2);
  const auto complaint = [&](const BatchInput& labels) {
    return error_of([&] { metric.add(p.data(), 3, labels, 2); });
  };
  CHECK_THAT(complaint(labels_in(std::vector<float>{2, 3})),
             Contains("whole numbers from 0 to 2, but row 1 has another"));
  CHECK_THAT(complaint(labels_in(std::vector<float>{-1, 0})), Contains("row 0"));
  CHECK_THAT(complaint(labels_in(std::vector<float>{0.5F, 0})), Contains("row 0"));
  CHECK_THAT(complaint(labels_in(std::vector<float>{0, std::nanf("")})), Contains("row 1"));
  CHECK_THAT(complaint(labels_in(std::vector<double>{1e300, 0})), Contains("row 0"));
  CHECK_THAT(complaint(labels_in(std::vector<std::int32_t>{0, -5})), Contains("row 1"));
  CHECK_THAT(complaint(labels_in(std::vector<std::uint8_t>{255, 0})), Contains("row 0"));
  CHECK_THAT(complaint({nullptr, cleave::DType::f32}), Contains("expected labels"));
  CHECK_THAT(error_of([&] { metric.add(p.data(), 3, labels_in(std::vector<float>{2, 0}), 2, 3); }),
             Contains("0 to 2 rows of filler"));
  CHECK(metric.count() == 2);
  CHECK(metric.accuracy() == 1);
}

} // namespace
