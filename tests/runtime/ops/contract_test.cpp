// SPDX-License-Identifier: Apache-2.0
#include "support/law.hpp"

using cleave::Bias;
using cleave::axes::C, cleave::axes::N, cleave::axes::H;

struct Linear {
  constexpr auto operator()(auto x) const { return cleave::linear<"fc", C<4>>(x); }
};
struct LinearWithoutBias {
  static constexpr bool is_layer = true;
  constexpr auto operator()(auto x) const { return cleave::linear<"fc", C<4>>(x, Bias::no); }
};
struct TwoLayers {
  constexpr auto operator()(auto x) const { return cleave::linear<"fc2", C<2>>(tanh(cleave::linear<"fc1", C<7>>(x))); }
};

TEST_CASE("contract keeps the laws of an operation inside a linear layer", "[ops][law]") {
  law::check<cleave::Contract, LinearWithoutBias, 1>(-1, 1);
}

TEST_CASE("linear is differentiated as it is computed", "[ops][law]") {
  law::check_gradient<law::LawProgram<Linear, 1, law::Operands::differentiated>>(-1, 1);
  law::check_gradient<law::LawProgram<TwoLayers, 1, law::Operands::differentiated>>(-1, 1);
}

namespace {

template <cleave::extent Rows, cleave::extent In, cleave::extent Out>
struct Sized {
  static constexpr bool differentiated = true;
  static constexpr cleave::GradientRequest request(const char* name, bool is_parameter) {
    return law::all_but_head(name, is_parameter);
  }
  using X = cleave::Shape<N<Rows>, C<In>>;
  static constexpr void trace(cleave::Builder& b) {
    const cleave::Symbol<double, X> x(b.leaf(&cleave::rule<cleave::InputLeaf>, "x", X::dims, cleave::DType::f64));
    const auto y = cleave::linear<"fc", C<Out>>(x);
    b.output(cleave::block_grad(y).id);
    b.output(cleave::sum<N, C>(y * y).id);
  }
};

template <cleave::extent Rows, cleave::extent In, cleave::extent Out>
void check_products() {
  using Program = Sized<Rows, In, Out>;
  test::Runner<Program, Rows> runner;
  const auto x = law::samples(Rows * In, -1, 1, 1);
  const auto w = law::samples(Out * In, -1, 1, 2);
  const auto bias = law::samples(Out, -1, 1, 3);
  runner.set("x", x);
  runner.set("fc_weight", w);
  runner.set("fc_bias", bias);
  runner.forward();
  runner.backward();
  const auto y = runner.output();
  const auto dw = runner.gradient("fc_weight");
  const auto dx = runner.gradient("x");
  const auto db = runner.gradient("fc_bias");
  test::Numbers expected_dw(Out * In);
  test::Numbers expected_dx(Rows * In);
  test::Numbers expected_db(Out);
  for (std::size_t r = 0; r < Rows; ++r) {
    for (std::size_t o = 0; o < Out; ++o) {
      double sum = bias[o];
      for (std::size_t i = 0; i < In; ++i) {
        sum += x[r * In + i] * w[o * In + i];
      }
      CHECK(y[r * Out + o] == Approx(sum).margin(1e-12));
      expected_db[o] += 2 * sum;
      for (std::size_t i = 0; i < In; ++i) {
        expected_dw[o * In + i] += 2 * sum * x[r * In + i];
        expected_dx[r * In + i] += 2 * sum * w[o * In + i];
      }
    }
  }
  for (std::size_t i = 0; i < dw.size(); ++i) {
    CHECK(dw[i] == Approx(expected_dw[i]).margin(1e-9));
  }
  for (std::size_t i = 0; i < dx.size(); ++i) {
    CHECK(dx[i] == Approx(expected_dx[i]).margin(1e-9));
  }
  for (std::size_t i = 0; i < db.size(); ++i) {
    CHECK(db[i] == Approx(expected_db[i]).margin(1e-9));
  }
}

} // namespace

TEST_CASE("products and their gradients are right in odd sizes", "[ops]") {
  check_products<1, 1, 1>();
  check_products<2, 3, 5>();
  check_products<7, 13, 1>();
  check_products<13, 1, 7>();
  check_products<29, 31, 33>();
}

namespace {

struct Flattening { // contracts three axes at once, as MXNet's flattening FullyConnected does
  static constexpr bool differentiated = true;
  static constexpr cleave::GradientRequest request(const char* name, bool is_parameter) {
    return law::all_but_head(name, is_parameter);
  }
  using X = cleave::Shape<N<2>, C<3>, H<2>, cleave::axes::W<2>>;
  static constexpr void trace(cleave::Builder& b) {
    const cleave::Symbol<double, X> x(b.leaf(&cleave::rule<cleave::InputLeaf>, "x", X::dims, cleave::DType::f64));
    const auto y = cleave::linear<"fc", C<4>, 'C', 'H', 'W'>(x);
    static_assert(std::is_same_v<decltype(y), const cleave::Symbol<double, cleave::Shape<N<2>, C<4>>>>);
    const cleave::Value head =
        b.leaf(&cleave::rule<cleave::InputLeaf>, "head", decltype(y)::shape::dims, cleave::DType::f64);
    b.output(cleave::block_grad(y).id);
    b.output(cleave::detail::sum_over(y.value() * head, "NC").id);
  }
};

} // namespace

TEST_CASE("linear contracts several trailing axes by name", "[ops]") { law::check_gradient<Flattening, 2>(-1, 1); }
