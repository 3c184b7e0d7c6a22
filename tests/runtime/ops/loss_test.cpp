// SPDX-License-Identifier: Apache-2.0
#include "support/law.hpp"

using cleave::Normalization;
using cleave::axes::C, cleave::axes::N;

namespace {

template <class Head, class Label>
struct HeadProgram {
  static constexpr bool differentiated = true;
  static constexpr cleave::GradientRequest request(const char* name, bool is_parameter) {
    return law::all_but_head(name, is_parameter);
  }
  using X = cleave::Shape<N<4>, C<3>>;
  static constexpr void trace(cleave::Builder& b) {
    b.leaf(&cleave::rule<cleave::InputLeaf>, "head_label", Label::dims, cleave::DType::f64);
    const cleave::Symbol<double, X> x(b.leaf(&cleave::rule<cleave::InputLeaf>, "x", X::dims, cleave::DType::f64));
    cleave::detail::list_outputs(b, Head{}(x));
  }
};

struct Softmax {
  constexpr auto operator()(auto x) const { return cleave::softmax_output<"head">(x); }
};
struct ScaledSoftmax {
  constexpr auto operator()(auto x) const {
    return cleave::softmax_output<"head">(
        x, {.grad_scale = 3, .use_ignore = true, .ignore_label = 1, .normalization = Normalization::valid});
  }
};
struct Regression {
  constexpr auto operator()(auto x) const { return cleave::linear_regression_output<"head">(x); }
};

struct Logistic {
  constexpr auto operator()(auto x) const { return cleave::logistic_regression_output<"head">(x, 2.); }
};
struct Mae {
  constexpr auto operator()(auto x) const { return cleave::mae_regression_output<"head">(x); }
};
struct Hinge {
  constexpr auto operator()(auto x) const { return cleave::svm_output<"head">(x, {.linear = true}); }
};
struct SquaredHinge {
  constexpr auto operator()(auto x) const {
    return cleave::svm_output<"head", C>(x, {.margin = 2, .regularization = 0.5});
  }
};
struct Smoothed {
  constexpr auto operator()(auto x) const { return cleave::softmax_output<"head">(x, {.smooth_alpha = 0.2}); }
};
struct OutGrad {
  constexpr auto operator()(auto x) const { return cleave::softmax_output<"head">(x, {.out_grad = true}); }
};
struct PlainLoss {
  constexpr auto operator()(auto x) const {
    return cleave::make_loss(x, {.grad_scale = 3, .normalization = Normalization::valid, .valid_thresh = 0.6});
  }
};

const test::Numbers logits{1, 2, 3, 0, -1, 5, 100, 99, -100, 0.5, 0.5, 0.5};
const test::Numbers labels{0, 2, 1, 1};

test::Numbers softmax_of(const test::Numbers& x) {
  test::Numbers p(x.size());
  for (std::size_t r = 0; r < x.size(); r += 3) {
    const double top = std::max({x[r], x[r + 1], x[r + 2]});
    double sum = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      sum += std::exp(x[r + c] - top);
    }
    for (std::size_t c = 0; c < 3; ++c) {
      p[r + c] = std::exp(x[r + c] - top) / sum;
    }
  }
  return p;
}

} // namespace

TEST_CASE("softmax_output gives probabilities and sends back p - onehot", "[ops]") {
  using Program = HeadProgram<Softmax, cleave::Shape<N<4>>>;
  static_assert(!cleave::fault_of<Program>);
  static_assert(cleave::graph<Program>.normaliser == cleave::Normaliser::rows);
  test::Runner<Program, 4> runner;
  runner.set("x", logits);
  runner.set("head_label", labels);
  runner.forward();
  runner.backward();
  const auto p = softmax_of(logits);
  const auto y = runner.output();
  const auto dx = runner.gradient("x");
  for (std::size_t i = 0; i < p.size(); ++i) {
    CHECK(y[i] == Approx(p[i]).margin(1e-15));
    const bool hot = static_cast<std::size_t>(labels[i / 3]) == i % 3;
    CHECK(dx[i] == Approx(p[i] - (hot ? 1 : 0)).margin(1e-15));
  }
}

TEST_CASE("softmax_output ignores a label, scales, and counts the valid ones", "[ops]") {
  using Program = HeadProgram<ScaledSoftmax, cleave::Shape<N<4>>>;
  static_assert(!cleave::fault_of<Program>);
  static_assert(cleave::graph<Program>.normaliser == cleave::Normaliser::counted);
  test::Runner<Program, 4> runner;
  runner.set("x", logits);
  runner.set("head_label", labels);
  runner.forward();
  runner.backward();
  const auto p = softmax_of(logits);
  const auto dx = runner.gradient("x");
  for (std::size_t i = 0; i < p.size(); ++i) {
    const bool ignored = labels[i / 3] == 1;
    const bool hot = static_cast<std::size_t>(labels[i / 3]) == i % 3;
    CHECK(dx[i] == Approx(ignored ? 0 : 3 * (p[i] - (hot ? 1 : 0))).margin(1e-14));
  }
}

TEST_CASE("a label outside the classes or NaN never writes outside its row", "[ops]") {
  using Program = HeadProgram<Softmax, cleave::Shape<N<4>>>;
  test::Runner<Program, 4> runner;
  runner.set("x", logits);
  runner.set("head_label", {-1, 3, std::nan(""), 1e30});
  runner.forward();
  runner.backward();
  const auto p = softmax_of(logits);
  const auto dx = runner.gradient("x");
  for (std::size_t i = 0; i < p.size(); ++i) {
    CHECK(dx[i] == Approx(p[i]).margin(1e-15));
  }
}

TEST_CASE("linear_regression_output passes values on and sends back the distance over the outputs of a row", "[ops]") {
  using Program = HeadProgram<Regression, cleave::Shape<N<4>, C<3>>>;
  static_assert(!cleave::fault_of<Program>);
  test::Runner<Program, 4> runner;
  const auto target = law::samples(12, -2, 2, 5);
  runner.set("x", logits);
  runner.set("head_label", target);
  runner.forward();
  runner.backward();
  const auto dx = runner.gradient("x");
  CHECK(runner.output() == logits);
  for (std::size_t i = 0; i < dx.size(); ++i) {
    CHECK(dx[i] == Approx((logits[i] - target[i]) / 3));
  }
}

namespace {

/// Values and gradient of a head on the logits.
template <class Head, class Label>
struct Ran {
  using Program = HeadProgram<Head, Label>;
  test::Numbers y, dx;
  double divisor = 1;

  explicit Ran(const test::Numbers& label) {
    static_assert(!cleave::fault_of<Program>);
    test::Runner<Program, 4> runner;
    runner.set("x", logits);
    runner.set("head_label", label);
    runner.forward();
    runner.backward();
    y = runner.output();
    dx = runner.gradient("x");
    divisor = runner.divisor();
  }
};
using ClassLabel = cleave::Shape<N<4>>;
using WholeLabel = cleave::Shape<N<4>, C<3>>;

} // namespace

TEST_CASE("logistic and absolute regression send back the distance, or its sign, over the outputs of a row", "[ops]") {
  const auto target = law::samples(12, 0, 1, 5);
  const Ran<Logistic, WholeLabel> logistic(target);
  const Ran<Mae, WholeLabel> mae(target);
  for (std::size_t i = 0; i < 12; ++i) {
    const double p = 1 / (1 + std::exp(-logits[i]));
    CHECK(logistic.y[i] == Approx(p));
    CHECK(logistic.dx[i] == Approx(2 * (p - target[i]) / 3));
    CHECK(mae.y[i] == logits[i]);
    CHECK(mae.dx[i] == Approx((logits[i] > target[i] ? 1. : -1.) / 3));
  }
}

TEST_CASE("svm_output sends back the hinge losses' slopes", "[ops]") {
  const Ran<Hinge, ClassLabel> hinge(labels);
  const Ran<SquaredHinge, ClassLabel> squared(labels);
  for (std::size_t i = 0; i < 12; ++i) {
    const double sign = static_cast<std::size_t>(labels[i / 3]) == i % 3 ? 1 : -1;
    CHECK(hinge.y[i] == logits[i]);
    CHECK(hinge.dx[i] == (sign * logits[i] < 1 ? -sign : 0));
    const double missing = std::max(0., 2 - sign * logits[i]);
    CHECK(squared.dx[i] == Approx(-sign * missing).margin(1e-15));
  }
}

TEST_CASE("softmax_output smooths labels, and takes probabilities as labels", "[ops]") {
  const auto p = softmax_of(logits);
  const Ran<Smoothed, ClassLabel> smoothed(labels);
  const auto target = law::samples(12, 0, 1, 5);
  const Ran<Softmax, WholeLabel> probable(target);
  for (std::size_t i = 0; i < 12; ++i) {
    const bool hot = static_cast<std::size_t>(labels[i / 3]) == i % 3;
    CHECK(smoothed.dx[i] == Approx(p[i] - (hot ? 0.8 : 0.1)).margin(1e-15));
    CHECK(probable.dx[i] == Approx(p[i] - target[i]).margin(1e-15));
  }
}

TEST_CASE("softmax_output with out_grad asks for a cotangent", "[ops]") {
  static_assert(cleave::fault_of<HeadProgram<OutGrad, ClassLabel>>.rule == cleave::Rule::head_missing);
  SUCCEED();
}

TEST_CASE("make_loss sends its scale back everywhere, and counts the values above its threshold", "[ops]") {
  const Ran<PlainLoss, ClassLabel> loss(labels);
  CHECK(loss.y == logits);
  CHECK(loss.dx == test::Numbers(12, 3.));
  CHECK(loss.divisor == 6);
}
