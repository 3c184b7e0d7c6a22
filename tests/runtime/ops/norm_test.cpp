// SPDX-License-Identifier: Apache-2.0
#include "support/second_order.hpp"

#include <limits>

using cleave::Shape, cleave::Tensor;
using cleave::axes::C, cleave::axes::H, cleave::axes::N;

struct NormOverC {
  constexpr auto operator()(auto x) const { return cleave::norm<C>(x); }
};
struct LogSumExpOverC {
  constexpr auto operator()(auto x) const { return cleave::logsumexp<C>(x); }
};
struct NormL1OverC {
  constexpr auto operator()(auto x) const { return cleave::norm_l1<C>(x); }
};
struct VarOverC {
  constexpr auto operator()(auto x) const { return cleave::var<C>(x); }
};
struct StddevOverC {
  constexpr auto operator()(auto x) const { return cleave::stddev<C>(x); }
};

TEST_CASE("norm and logsumexp keep the laws of an operation", "[ops][law]") {
  law::check<cleave::Norm, NormOverC, 1>(-2, 2);
  law::check<cleave::LogSumExp, LogSumExpOverC, 1>(-2, 2);
  law::check_second_order<NormOverC, law::Curved::yes, law::Sample>(-2, 2);
  law::check_second_order<LogSumExpOverC, law::Curved::yes, Shape<N<3>, C<5>, H<2>>>(-2, 2);
}

TEST_CASE("norm_l1, var and stddev are differentiated as they are computed", "[ops][law]") {
  law::check_gradient<law::LawProgram<NormL1OverC, 1, law::Operands::differentiated>>(-2, 2);
  law::check_gradient<law::LawProgram<VarOverC, 1, law::Operands::differentiated>>(-2, 2);
  law::check_gradient<law::LawProgram<StddevOverC, 1, law::Operands::differentiated>>(-2, 2);
  law::check_second_order<StddevOverC, law::Curved::yes, law::Sample>(-2, 2);
}

TEST_CASE("norms, var and stddev are right over any axes", "[ops]") {
  Tensor<double, Shape<N<7>, C<13>, H<3>>> x(cleave::uninitialized);
  const auto values = law::samples(7 * 13 * 3, -2, 2, 9);
  std::copy(values.begin(), values.end(), x.begin());
  test::Numbers sum(21);
  test::Numbers squares(21);
  test::Numbers sizes(21);
  test::Numbers exps(21);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t r = i / 39 * 3 + i % 3;
    sum[r] += values[i];
    squares[r] += values[i] * values[i];
    sizes[r] += std::abs(values[i]);
    exps[r] += std::exp(values[i]);
  }
  const auto norm = cleave::norm<C>(x);
  const auto l1 = cleave::norm_l1<C>(x);
  const auto var = cleave::var<C>(x);
  const auto deviation = cleave::stddev<C>(x);
  const auto total = cleave::logsumexp<C>(x);
  for (std::size_t r = 0; r < 21; ++r) {
    const double mean = sum[r] / 13;
    const double expected = squares[r] / 13 - mean * mean;
    CHECK(norm.data()[r] == Approx(std::sqrt(squares[r])));
    CHECK(l1.data()[r] == Approx(sizes[r]));
    CHECK(var.data()[r] == Approx(expected));
    CHECK(deviation.data()[r] == Approx(std::sqrt(expected)));
    CHECK(total.data()[r] == Approx(std::log(exps[r])));
  }
  CHECK(cleave::norm(x)() * cleave::norm(x)() == Approx(cleave::sum(x * x)()));
  CHECK(cleave::var<N, C, H>(x)() == Approx(cleave::var(x)()));
}

TEST_CASE("norm does not overflow in float, and logsumexp neither", "[ops]") {
  const Tensor<float, Shape<C<2>>> large{3e30F, 4e30F};
  CHECK(cleave::norm(large)() == Approx(5e30F));
  const Tensor<float, Shape<N<2>, C<2>>> x{1000, 1000, -1000, -1000};
  CHECK(cleave::logsumexp<C>(x)(0) == Approx(1000 + std::log(2.)));
  CHECK(cleave::logsumexp<C>(x)(1) == Approx(-1000 + std::log(2.)));
  const float lowest = -std::numeric_limits<float>::infinity();
  const Tensor<float, Shape<C<2>>> nothing{lowest, lowest};
  CHECK(cleave::logsumexp(nothing)() == lowest);
}

namespace {

struct NormOfZeros {
  static constexpr bool differentiated = true;
  static constexpr cleave::GradientRequest request(const char* name, bool is_parameter) {
    return law::all_but_head(name, is_parameter);
  }
  static constexpr void trace(cleave::Builder& b) {
    const cleave::Symbol<double, Shape<C<2>>> x(
        b.leaf(&cleave::rule<cleave::InputLeaf>, "x", Shape<C<2>>::dims, cleave::DType::f64));
    b.output(cleave::norm(x).id);
  }
};

} // namespace

TEST_CASE("the derivative of norm at 0 is 0", "[ops]") {
  test::Runner<NormOfZeros, 1> runner;
  runner.set("x", {0, 0});
  runner.forward();
  runner.backward();
  CHECK(runner.output() == test::Numbers{0});
  CHECK(runner.gradient("x") == test::Numbers{0, 0});
}

TEST_CASE("logsumexp of very many numbers keeps the small ones", "[ops]") {
  const auto x = cleave::zeros<float, Shape<C<1>>>();
  const auto others = cleave::full<Shape<C<400000>>>(-3.F);
  const Tensor all = cleave::concat<C>(x, others);
  const double exact = std::log(1 + 400000 * std::exp(-3.));
  CHECK(cleave::logsumexp(all)() == Approx(exact).epsilon(2e-7));
  const Tensor columns = cleave::logsumexp<C>(all + cleave::zeros<float, Shape<C<400001>, H<2>>>());
  CHECK(columns(1) == Approx(exact).epsilon(2e-7));
}
