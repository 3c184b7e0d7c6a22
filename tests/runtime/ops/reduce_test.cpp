// SPDX-License-Identifier: Apache-2.0
#include "support/law.hpp"

using cleave::axes::C, cleave::axes::N;

struct SumOverC {
  constexpr auto operator()(auto x) const { return cleave::sum<C>(x); }
};
struct SumOverN {
  constexpr auto operator()(auto x) const { return cleave::sum<N>(x); }
};
struct SumOverBoth {
  constexpr auto operator()(auto x) const { return cleave::sum<C, N>(x); }
};
struct MeanOverC {
  constexpr auto operator()(auto x) const { return cleave::mean<C>(x); }
};
struct MeanOverBoth {
  constexpr auto operator()(auto x) const { return cleave::mean<N, C>(x); }
};

TEST_CASE("sum keeps the laws of an operation, over any axes", "[ops][law]") {
  law::check<cleave::Sum, SumOverC, 1>(-2, 2);
  law::check<cleave::Sum, SumOverN, 1>(-2, 2);
  law::check<cleave::Sum, SumOverBoth, 1>(-2, 2);
}

TEST_CASE("mean over features is differentiated as it is computed", "[ops][law]") {
  law::check_gradient<law::LawProgram<MeanOverC, 1, law::Operands::differentiated>>(-2, 2);
}

namespace {

struct BatchMeanProgram {
  static constexpr bool differentiated = true;
  static constexpr cleave::GradientRequest request(const char* name, bool is_parameter) {
    return law::all_but_head(name, is_parameter);
  }
  static constexpr void trace(cleave::Builder& b) {
    using cleave::Symbol, cleave::Shape;
    const Symbol<double, Shape<N<3>, C<5>>> x(
        b.leaf(&cleave::rule<cleave::InputLeaf>, "x", Shape<N<3>, C<5>>::dims, cleave::DType::f64));
    const Symbol<double, Shape<C<5>>> w(
        b.leaf(&cleave::rule<cleave::ParameterLeaf>, "w", Shape<C<5>>::dims, cleave::DType::f64));
    const auto loss = cleave::mean<N, C>(x * w * w);
    b.output(loss.id);
    b.output(loss.id);
  }
};

} // namespace

TEST_CASE("mean over the batch sends back the derivative of the sum and says that rows divide it", "[ops]") {
  using Program = BatchMeanProgram;
  static_assert(!cleave::fault_of<Program>);
  static_assert(cleave::graph<Program>.normaliser == cleave::Normaliser::rows);
  law::check_gradient<Program>(0.5, 2);
}

TEST_CASE("sums run over any mixture of axes", "[ops]") {
  using Both = law::LawProgram<MeanOverBoth, 1, law::Operands::inputs>;
  test::Runner<Both, 3> runner;
  test::Numbers x(15);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<double>(i);
  }
  runner.set("x", x);
  runner.forward();
  CHECK(runner.output()[0] == Approx(7.));
}
