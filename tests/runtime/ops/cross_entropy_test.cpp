// SPDX-License-Identifier: Apache-2.0
#include <cleave/ops/cross_entropy.hpp>

#include "support/law.hpp"

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

// Labels that are class 2 in every row.
LAW_CALL_1(Nll, Nll, cleave::nll<C>(x, cleave::sum<C>(x) * 0. + 2.), -2, 2)
LAW_CALL_1(NllSmoothed, Nll, cleave::nll<C>(x, cleave::sum<C>(x) * 0. + 2., {.label_smoothing = 0.2}), -2, 2)
LAW_CALL_1(CrossEntropy, Nll, cleave::cross_entropy<C>(x, cleave::sum<C>(x) * 0. + 2.), -2, 2)
LAW_CALL_2(CrossEntropyOfTwo, LogSoftmax, cleave::cross_entropy<C>(x, y, {.label_smoothing = 0.1}), 0.1, 2)

namespace {

template <class X>
test::Numbers numbers(const X& x) {
  const auto all = cleave::to_tensor(x);
  return {all.begin(), all.end()};
}

const cleave::Tensor<double, cleave::Shape<N<3>, C<4>>> logits{1, 2, 3, 4, 0, 0, 0, 1000, -1, 1, -1, 1};
const cleave::Tensor<double, cleave::Shape<N<3>>> labels{3, 0, 1};

double log_sum(double a, double b, double c, double d) {
  return std::log(std::exp(a) + std::exp(b) + std::exp(c) + std::exp(d));
}

} // namespace

TEST_CASE("cross entropy is computed from logits without overflow", "[ops]") {
  const auto loss = numbers(cleave::cross_entropy<C>(logits, labels));
  CHECK(loss[0] == Approx(log_sum(1, 2, 3, 4) - 4));
  CHECK(loss[1] == Approx(1000));
  CHECK(loss[2] == Approx(log_sum(-1, 1, -1, 1) - 1));
}

TEST_CASE("an ignored label has no loss", "[ops]") {
  const auto loss = numbers(cleave::cross_entropy<C>(logits, labels, {.use_ignore = true, .ignore_label = 0}));
  CHECK(loss[1] == 0);
  CHECK(loss[0] > 0);
}

TEST_CASE("smoothed class numbers give what the same probabilities give", "[ops]") {
  const cleave::Tensor<double, cleave::Shape<N<3>, C<4>>> hot{0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0};
  for (const double smoothing : {0., 0.3}) {
    const auto by_class = numbers(cleave::cross_entropy<C>(logits, labels, {.label_smoothing = smoothing}));
    const auto by_probability = numbers(cleave::cross_entropy<C>(logits, hot, {.label_smoothing = smoothing}));
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(by_class[i] == Approx(by_probability[i]));
    }
  }
}

TEST_CASE("cross entropy runs along any axis", "[ops]") {
  const auto values = law::samples(24, -3, 3, 4);
  cleave::Tensor<double, cleave::Shape<N<2>, C<3>, H<4>>> x;
  std::copy(values.begin(), values.end(), x.begin());
  const cleave::Tensor<double, cleave::Shape<N<2>, H<4>>> wanted{0, 1, 2, 0, 1, 2, 0, 1};
  const auto loss = cleave::cross_entropy<C>(x, wanted);
  for (cleave::extent n = 0; n < 2; ++n) {
    for (cleave::extent h = 0; h < 4; ++h) {
      const double sum = std::exp(x(n, 0, h)) + std::exp(x(n, 1, h)) + std::exp(x(n, 2, h));
      CHECK(loss(n, h) == Approx(std::log(sum) - x(n, static_cast<cleave::extent>(wanted(n, h)), h)));
    }
  }
}

TEST_CASE("a label that is no class, and smoothing out of range, are refused in words", "[ops]") {
  const cleave::Tensor<double, cleave::Shape<N<3>>> wrong{0, 4, 1};
  CHECK_THROWS_WITH(cleave::cross_entropy<C>(logits, wrong),
                    Catch::Contains("label 1 is 4") && Catch::Contains("0 to 3"));
  const cleave::Tensor<double, cleave::Shape<N<3>>> missing{0, std::nan(""), 1};
  CHECK_THROWS_WITH(cleave::nll<C>(logits, missing), Catch::Contains("label 1 is nan"));
  CHECK_THROWS_WITH(cleave::cross_entropy<C>(logits, labels, {.label_smoothing = 1}),
                    Catch::Contains("label_smoothing is 1"));
}
