// SPDX-License-Identifier: Apache-2.0
#include "support/second_order.hpp"

using cleave::Shape, cleave::Tensor;
using cleave::axes::C, cleave::axes::H, cleave::axes::N;

struct ProdOverC {
  constexpr auto operator()(auto x) const { return cleave::prod<C>(x); }
};
struct ProdOverBoth {
  constexpr auto operator()(auto x) const { return cleave::prod<C, H>(x); }
};

TEST_CASE("prod keeps the laws of an operation", "[ops][law]") {
  law::check<cleave::Prod, ProdOverC, 1>(0.5, 2);
  law::check_second_order<ProdOverC, law::Curved::yes, law::Sample>(0.5, 2);
  law::check_second_order<ProdOverC, law::Curved::yes, Shape<N<3>, C<3>, H<2>>>(-2, 2);
  law::check_second_order<ProdOverBoth, law::Curved::yes, Shape<C<2>, N<3>, H<2>>>(-2, 2);
}

namespace {

// the gradient of sum(prod<C>(x)), and of that gradient along pull
using Second = law::SecondOrder<ProdOverC, law::Curved::yes, Shape<N<4>, C<3>>>;

} // namespace

TEST_CASE("the derivatives of a product are right where elements are 0", "[ops]") {
  test::Runner<Second, 4> runner;
  runner.set("x", {2, 3, 5, 0, 3, 5, 0, 0, 5, 0, 0, 0});
  runner.set("dy", {1, 1, 1, 1});
  const test::Numbers pull{1, 10, 100, 1, 10, 100, 1, 10, 100, 1, 10, 100};
  runner.set("pull_x", pull);
  runner.forward();
  runner.backward();
  // d/dx_j of sum_i pull_i prod_{k != i} x_k
  CHECK(runner.gradient("pull_x") == test::Numbers{15, 10, 6, 15, 0, 0, 0, 0, 0, 0, 0, 0});
  const test::Numbers second{5 * 10 + 3 * 100,
                             5 * 1 + 2 * 100,
                             3 * 1 + 2 * 10, // no zero
                             5 * 10 + 3 * 100,
                             5 * 1,
                             3 * 1, // the first
                             5 * 10,
                             5 * 1,
                             0, // two
                             0,
                             0,
                             0};
  const test::Numbers came = runner.gradient("x");
  for (std::size_t i = 0; i < second.size(); ++i) {
    CHECK(came[i] == Approx(second[i]));
  }
}

TEST_CASE("prod runs over any axes in odd sizes, and multiplies integers as i64", "[ops]") {
  Tensor<double, Shape<N<3>, C<31>, H<5>>> x(cleave::uninitialized);
  const auto values = law::samples(3 * 31 * 5, 0.8, 1.25, 5);
  std::copy(values.begin(), values.end(), x.begin());
  const auto over_c = cleave::prod<C>(x);
  const auto over_nh = cleave::prod<N, H>(x);
  double whole = 1;
  test::Numbers c(15, 1);
  test::Numbers nh(31, 1);
  for (cleave::extent i = 0; i < x.size(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    whole *= values[at];
    c[at / 155 * 5 + at % 5] *= values[at];
    nh[at / 5 % 31] *= values[at];
  }
  CHECK(cleave::prod(x)() == Approx(whole));
  for (std::size_t i = 0; i < c.size(); ++i) {
    CHECK(over_c.data()[i] == Approx(c[i]));
  }
  for (std::size_t i = 0; i < nh.size(); ++i) {
    CHECK(over_nh.data()[i] == Approx(nh[i]));
  }
  const Tensor<std::int32_t, Shape<C<3>>> whole_numbers{-100000, 100000, 3};
  static_assert(std::is_same_v<decltype(cleave::prod(whole_numbers))::element, std::int64_t>);
  CHECK(cleave::prod(whole_numbers)() == -30000000000);
}
