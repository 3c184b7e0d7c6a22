// SPDX-License-Identifier: Apache-2.0
#include <cleave/ops/softmax.hpp>

#include "support/law.hpp"

#include <limits>

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A gradient operation called by itself: its derivative is the second of softmax.
template <class Op>
struct Backward {
  constexpr auto operator()(auto y, auto dy) const {
    cleave::Attributes attributes = cleave::detail::Along<'C'>::attributes;
    attributes.number = 0.5;
    return cleave::detail::call<Op, cleave::detail::Along<'C'>>(attributes, y, dy);
  }
};

template <class X>
test::Numbers numbers(const X& x) {
  const auto all = cleave::to_tensor(x);
  return {all.begin(), all.end()};
}

using Row = cleave::Tensor<double, cleave::Shape<N<1>, C<3>>>;

} // namespace

LAW_CALL_1(Softmax, Softmax, cleave::softmax<C>(x), -3, 3)
LAW_CALL_1(SoftmaxWarm, Softmax, cleave::softmax<C>(x, {.temperature = 2}), -3, 3)
LAW_CALL_1(Softmin, Softmax, cleave::softmin<C>(x), -3, 3)
LAW_CALL_1(LogSoftmax, LogSoftmax, cleave::log_softmax<C>(x, {.temperature = 0.5}), -3, 3)
LAW_CALL_1(SoftmaxMasked, Softmax, cleave::softmax<C>(x, greater(x, 0.)), -3, 3)
LAW_CALL_2(SoftmaxGradient, SoftmaxGradient, Backward<cleave::SoftmaxGradient>{}(x, y), -2, 2)
LAW_CALL_2(LogSoftmaxGradient, LogSoftmaxGradient, Backward<cleave::LogSoftmaxGradient>{}(x, y), -2, 2)

TEST_CASE("softmax runs along any axis, and along neighbours together", "[ops]") {
  const auto values = law::samples(24, -3, 3, 4);
  cleave::Tensor<double, cleave::Shape<N<2>, C<3>, H<4>>> x;
  std::copy(values.begin(), values.end(), x.begin());
  const auto along_c = cleave::softmax<C>(x);
  const auto along_n = cleave::softmax<N>(x); // outside a model the batch axis is an axis like any other
  const auto along_both = cleave::softmax<C, H>(x);
  for (cleave::extent n = 0; n < 2; ++n) {
    double together = 0;
    for (cleave::extent h = 0; h < 4; ++h) {
      double sum = 0;
      for (cleave::extent c = 0; c < 3; ++c) {
        sum += std::exp(x(n, c, h));
        together += std::exp(x(n, c, h));
      }
      for (cleave::extent c = 0; c < 3; ++c) {
        CHECK(along_c(n, c, h) == Approx(std::exp(x(n, c, h)) / sum));
        const double pair = std::exp(x(0, c, h)) + std::exp(x(1, c, h));
        CHECK(along_n(n, c, h) == Approx(std::exp(x(n, c, h)) / pair));
      }
    }
    CHECK(along_both(n, 2, 3) == Approx(std::exp(x(n, 2, 3)) / together));
  }
}

TEST_CASE("softmax neither overflows nor loses its rows to infinities", "[ops]") {
  CHECK(numbers(cleave::softmax<C>(Row{1e308, 1e308, -1e308})) == test::Numbers{0.5, 0.5, 0});
  CHECK(numbers(cleave::softmax<C>(Row{-infinity, 0, -infinity})) == test::Numbers{0, 1, 0});
  CHECK(numbers(cleave::softmax<C>(Row{-infinity, -infinity, -infinity})) == test::Numbers{0, 0, 0});
  const auto poisoned = numbers(cleave::softmax<C>(Row{-infinity, std::nan(""), -infinity}));
  CHECK(std::isnan(poisoned[0]));
  CHECK(std::isnan(poisoned[1]));
  const auto log_p = numbers(cleave::log_softmax<C>(Row{0, -1000, 0}));
  CHECK(log_p[1] == Approx(-1000 - std::log(2)));
  CHECK(numbers(cleave::log_softmax<C>(Row{-infinity, -infinity, -infinity})) ==
        test::Numbers{-infinity, -infinity, -infinity});
}

TEST_CASE("a mask takes elements out of a softmax, and a row that is masked whole gives zeros", "[ops]") {
  const cleave::Tensor<double, cleave::Shape<N<2>, C<3>>> x{1, 2, 3, 4, 5, 6};
  const cleave::Tensor<double, cleave::Shape<N<2>, C<3>>> mask{1, 0, 1, 0, 0, 0};
  const auto p = numbers(cleave::softmax<C>(x, mask));
  CHECK(p[0] == Approx(1 / (1 + std::exp(2))));
  CHECK(p[1] == 0);
  CHECK(p[0] + p[2] == Approx(1));
  CHECK(test::Numbers(p.begin() + 3, p.end()) == test::Numbers{0, 0, 0});
  // a mask of fewer axes is meant for every row
  const cleave::Tensor<double, cleave::Shape<C<3>>> columns{1, 1, 0};
  const auto q = numbers(cleave::softmax<C>(x, columns, {.temperature = 0.5}));
  CHECK(q[0] == Approx(1 / (1 + std::exp(2))));
  CHECK(q[5] == 0);
}

namespace {

/// A masked softmax in a model, whose second row is masked whole.
struct MaskedProgram {
  static constexpr bool differentiated = true;
  static constexpr cleave::GradientRequest request(const char* name, bool is_parameter) {
    static_cast<void>(is_parameter);
    return cleave::detail::same_text(name, "x") ? cleave::GradientRequest::write : cleave::GradientRequest::none;
  }
  using X = cleave::Symbol<double, cleave::Shape<N<2>, C<3>>>;
  static constexpr void trace(cleave::Builder& b) {
    const X x(b.leaf(&cleave::rule<cleave::InputLeaf>, "x", X::shape::dims, cleave::DType::f64));
    const X mask(b.leaf(&cleave::rule<cleave::InputLeaf>, "mask", X::shape::dims, cleave::DType::f64));
    const auto p = cleave::softmax<C>(x, mask);
    cleave::detail::list_outputs(b, block_grad(p));
    cleave::detail::list_outputs(b, cleave::sum<N, C>(p * p));
  }
};

} // namespace

TEST_CASE("what is masked gets no gradient, and no NaN", "[ops]") {
  static_assert(!cleave::fault_of<MaskedProgram>);
  test::Runner<MaskedProgram, 2> runner;
  runner.set("x", {1, 2, 3, 4, 5, 6});
  runner.set("mask", {1, 0, 1, 0, 0, 0});
  runner.forward();
  runner.backward();
  const auto dx = runner.gradient("x");
  CHECK(dx[0] != 0);
  CHECK(dx[0] == Approx(-dx[2]));
  CHECK(dx[1] == 0);
  CHECK(test::Numbers(dx.begin() + 3, dx.end()) == test::Numbers{0, 0, 0});
}

TEST_CASE("a temperature that is not above 0 is refused in words", "[ops]") {
  CHECK_THROWS_WITH(cleave::softmax<C>(Row{1, 2, 3}, {.temperature = 0}),
                    Catch::Contains("temperature is 0") && Catch::Contains("above 0"));
  CHECK_THROWS_WITH(cleave::log_softmax<C>(Row{1, 2, 3}, {.temperature = std::nan("")}),
                    Catch::Contains("log_softmax"));
}

TEST_CASE("probabilities of very many classes add up to 1", "[ops]") {
  const auto x = cleave::random_uniform<float, cleave::Shape<C<400000>>>(1);
  const cleave::Tensor p = cleave::softmax<C>(x);
  const cleave::Tensor log_p = cleave::log_softmax<C>(x);
  double total = 0;
  double log_total = 0;
  for (const float probability : p) {
    total += static_cast<double>(probability);
  }
  for (const float logarithm : log_p) {
    log_total += std::exp(static_cast<double>(logarithm));
  }
  CHECK(total == Approx(1).epsilon(1e-6));
  CHECK(log_total == Approx(1).epsilon(2e-6));
}
