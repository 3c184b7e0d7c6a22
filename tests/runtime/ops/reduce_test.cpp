// SPDX-License-Identifier: Apache-2.0
#include "support/second_order.hpp"

#include <limits>

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

struct NanSumOverC {
  constexpr auto operator()(auto x) const { return cleave::nansum<C>(x); }
};

TEST_CASE("nansum keeps the laws of an operation, and leaves out what is NaN", "[ops][law]") {
  law::check<cleave::NanSum, NanSumOverC, 1>(-2, 2);
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  test::Runner<law::LawProgram<NanSumOverC, 1, law::Operands::differentiated>, 3> runner;
  runner.set("x", {1, nan, 2, nan, 4, nan, nan, nan, nan, nan, 1, 1, 1, 1, 1});
  runner.set("head", {10, 20, 30});
  runner.forward();
  runner.backward();
  CHECK(runner.output(0) == test::Numbers{7, 0, 5});
  CHECK(runner.gradient("x") == test::Numbers{10, 0, 10, 0, 10, 0, 0, 0, 0, 0, 30, 30, 30, 30, 30});
}

TEST_CASE("sum has a second derivative, which is none", "[ops][law]") {
  law::check_second_order<SumOverC, law::Curved::no, law::Sample>(-2, 2);
  law::check_second_order<MeanOverC, law::Curved::no, law::Sample>(-2, 2);
}

namespace {

// over the first, the middle and the last axis, and the two outer ones
template <cleave::extent A, cleave::extent B, cleave::extent D>
void check_sums() {
  using cleave::axes::H;
  cleave::Tensor<double, cleave::Shape<N<A>, C<B>, H<D>>> x(cleave::uninitialized);
  const auto values = law::samples(static_cast<std::size_t>(A * B * D), -2, 2, 7);
  std::copy(values.begin(), values.end(), x.begin());
  test::Numbers first(B * D);
  test::Numbers middle(A * D);
  test::Numbers last(A * B);
  test::Numbers outer(B);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t a = i / (B * D);
    const std::size_t b = i / D % B;
    const std::size_t d = i % D;
    first[b * D + d] += values[i];
    middle[a * D + d] += values[i];
    last[a * B + b] += values[i];
    outer[b] += values[i];
  }
  const auto check = [](const auto& came, const test::Numbers& expected) {
    REQUIRE(static_cast<std::size_t>(came.size()) == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CHECK(came.data()[i] == Approx(expected[i]).margin(1e-12));
    }
  };
  check(cleave::sum<N>(x), first);
  check(cleave::sum<C>(x), middle);
  check(cleave::sum<H>(x), last);
  check(cleave::sum<N, H>(x), outer);
}

} // namespace

TEST_CASE("sums are right over any axes in odd sizes", "[ops]") {
  check_sums<1, 1, 1>();
  check_sums<2, 3, 5>();
  check_sums<5, 7, 13>();
  check_sums<29, 31, 33>();
  check_sums<3, 2, 1100>(); // more than one chunk of results
}

TEST_CASE("integers are summed as i64", "[ops]") {
  const cleave::Tensor<std::int32_t, cleave::Shape<N<2>, C<3>>> x{2000000000, 2000000000, -1, 5, 6, 7};
  const auto rows = cleave::sum<C>(x);
  static_assert(std::is_same_v<decltype(rows)::element, std::int64_t>);
  CHECK(rows(0) == 3999999999);
  CHECK(rows(1) == 18);
  CHECK(cleave::sum<N>(x)(2) == 6);
  const cleave::Tensor<std::uint8_t, cleave::Shape<C<3>>> bytes{255, 255, 255};
  CHECK(cleave::sum(bytes)() == 765);
}

TEST_CASE("a sum that lacks an axis meets its operand by name", "[ops]") {
  const cleave::Tensor<double, cleave::Shape<N<2>, C<2>>> x{1, 3, 5, 15};
  const cleave::Tensor shares = x / cleave::sum<C>(x);
  CHECK(shares(0, 1) == 0.75);
  CHECK(shares(1, 0) == 0.25);
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

namespace {

struct MixedMeans {
  static constexpr bool differentiated = false;
  static constexpr void trace(cleave::Builder& b) {
    using cleave::Symbol, cleave::Shape;
    using S = Shape<N<3>, C<2>>;
    const Symbol<double, S> x(b.leaf(&cleave::rule<cleave::InputLeaf>, "x", S::dims, cleave::DType::f64));
    const Symbol<float, S> y(b.leaf(&cleave::rule<cleave::InputLeaf>, "y", S::dims, cleave::DType::f32));
    b.output(cleave::mean<N>(x).id);
    b.output(cleave::mean<N>(y).id);
  }
};

} // namespace

TEST_CASE("means over the batch in two element types read one count of rows", "[ops]") {
  static_assert(!cleave::fault_of<MixedMeans>);
  test::Runner<MixedMeans, 3> runner;
  const test::Numbers values{1, 2, 3, 4, 5, 6};
  runner.set("x", values);
  runner.set("y", values);
  runner.poison();
  runner.forward();
  CHECK(runner.output(0) == test::Numbers{3, 4});
  CHECK(runner.output(1) == test::Numbers{3, 4});
}

TEST_CASE("the mean of equal numbers is that number", "[ops]") {
  CHECK(cleave::mean(cleave::ones<double, cleave::Shape<C<49>>>())() == 1);
  CHECK(cleave::mean<N>(cleave::ones<float, cleave::Shape<N<41>, C<2>>>())(1) == 1);
}

TEST_CASE("a float sum over many rows loses nothing that a user would see", "[ops]") {
  const auto x = cleave::full<cleave::Shape<N<200000>, C<3>>>(0.1F);
  const auto exact = 200000 * static_cast<double>(0.1F);
  CHECK(cleave::sum<N>(x)(1) == Approx(exact).epsilon(5e-6));
  CHECK(cleave::sum(x)() == Approx(3 * exact).epsilon(5e-6));
  CHECK(cleave::max<N>(x)(1) == 0.1F);
}
