// SPDX-License-Identifier: Apache-2.0
#include "support/second_order.hpp"

#include <limits>

using cleave::Shape, cleave::Tensor;
using cleave::axes::C, cleave::axes::H, cleave::axes::N, cleave::axes::W;

struct MaxOverC {
  constexpr auto operator()(auto x) const { return cleave::max<C>(x); }
};
struct MinOverC {
  constexpr auto operator()(auto x) const { return cleave::min<C>(x); }
};

TEST_CASE("max and min keep the laws of an operation", "[ops][law]") {
  law::check<cleave::Max, MaxOverC, 1>(-2, 2);
  law::check<cleave::Min, MinOverC, 1>(-2, 2);
}

namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

// every axis and pair of axes of a shape, against the plain definition
template <cleave::extent A, cleave::extent B, cleave::extent D>
void check_extremes() {
  using S = Shape<N<A>, C<B>, H<D>>;
  Tensor<double, S> x(cleave::uninitialized);
  const auto values = law::samples(static_cast<std::size_t>(A * B * D), -4, 4, 3);
  std::copy(values.begin(), values.end(), x.begin());
  for (double& one : x) {
    one = std::floor(one); // many ties
  }
  const auto check = [&x](const auto& greatest, const auto& least, const auto& where, const auto& first_least,
                          auto of) {
    for (cleave::extent r = 0; r < greatest.size(); ++r) {
      double high = -1e9;
      double low = 1e9;
      cleave::extent at = 0;
      cleave::extent high_at = -1;
      cleave::extent low_at = -1;
      for (cleave::extent a = 0; a < A; ++a) {
        for (cleave::extent b = 0; b < B; ++b) {
          for (cleave::extent d = 0; d < D; ++d) {
            if (of(a, b, d) != r) {
              continue;
            }
            if (x(a, b, d) > high) {
              high = x(a, b, d);
              high_at = at;
            }
            if (x(a, b, d) < low) {
              low = x(a, b, d);
              low_at = at;
            }
            ++at;
          }
        }
      }
      CHECK(greatest.data()[r] == high);
      CHECK(least.data()[r] == low);
      CHECK(where.data()[r] == high_at);
      CHECK(first_least.data()[r] == low_at);
    }
  };
  using E = cleave::extent;
  using cleave::max, cleave::min, cleave::argmax, cleave::argmin;
  check(max<N>(x), min<N>(x), argmax<N>(x), argmin<N>(x), [](E, E b, E d) { return b * D + d; });
  check(max<C>(x), min<C>(x), argmax<C>(x), argmin<C>(x), [](E a, E, E d) { return a * D + d; });
  check(max<H>(x), min<H>(x), argmax<H>(x), argmin<H>(x), [](E a, E b, E) { return a * B + b; });
  check(max<N, H>(x), min<N, H>(x), argmax<N, H>(x), argmin<N, H>(x), [](E, E b, E) { return b; });
  check(max<C, H>(x), min<C, H>(x), argmax<C, H>(x), argmin<C, H>(x), [](E a, E, E) { return a; });
  check(max(x), min(x), argmax(x), argmin(x), [](E, E, E) { return E{0}; });
}

} // namespace

TEST_CASE("max, min, argmax and argmin are right over any axes, in odd sizes", "[ops]") {
  check_extremes<1, 1, 1>();
  check_extremes<2, 3, 5>();
  check_extremes<5, 7, 13>();
  check_extremes<3, 2, 33>();
  check_extremes<31, 1, 29>();
  check_extremes<2, 2, 600>(); // more than one chunk of results
}

TEST_CASE("NaN wins in max and min, and argmax finds the first", "[ops]") {
  const Tensor<double, Shape<N<2>, C<3>>> x{1, no_number, no_number, 3, 2, 1};
  CHECK(std::isnan(cleave::max<C>(x)(0)));
  CHECK(std::isnan(cleave::min<C>(x)(0)));
  CHECK(cleave::argmax<C>(x)(0) == 1);
  CHECK(cleave::argmin<C>(x)(0) == 1);
  CHECK(cleave::argmax<N>(x)(1) == 0);
  CHECK(cleave::max<C>(x)(1) == 3);
  const Tensor<double, Shape<C<2>>> lowest{-std::numeric_limits<double>::infinity(),
                                           -std::numeric_limits<double>::infinity()};
  CHECK(cleave::max(lowest)() == -std::numeric_limits<double>::infinity());
  CHECK(cleave::argmax(lowest)() == 0);
}

TEST_CASE("max of integers keeps their type", "[ops]") {
  const Tensor<std::uint8_t, Shape<C<4>>> x{3, 200, 7, 200};
  static_assert(std::is_same_v<decltype(cleave::max(x))::element, std::uint8_t>);
  static_assert(std::is_same_v<decltype(cleave::argmax(x))::element, std::int64_t>);
  CHECK(cleave::max(x)() == 200);
  CHECK(cleave::argmax(x)() == 1);
  CHECK(cleave::min(x)() == 3);
  CHECK(cleave::max<C>(x)() == 200);
}

namespace {

struct Ties {
  static constexpr bool differentiated = true;
  static constexpr cleave::GradientRequest request(const char* name, bool is_parameter) {
    return law::all_but_head(name, is_parameter);
  }
  static constexpr void trace(cleave::Builder& b) {
    using S = Shape<N<2>, C<3>>;
    const cleave::Symbol<double, S> x(b.leaf(&cleave::rule<cleave::InputLeaf>, "x", S::dims, cleave::DType::f64));
    b.output(cleave::argmax<C>(x).id);
    b.output(cleave::sum<N>(cleave::max<C>(x)).id);
  }
};

} // namespace

TEST_CASE("every element that ties gets the whole gradient, and argmax is an output of whole numbers", "[ops]") {
  static_assert(!cleave::fault_of<Ties>);
  test::Runner<Ties, 2> runner;
  runner.set("x", {1, 4, 4, 7, 2, 2});
  runner.forward();
  runner.backward();
  CHECK(runner.output(0) == test::Numbers{1, 0});
  CHECK(runner.output(1) == test::Numbers{11});
  CHECK(runner.gradient("x") == test::Numbers{0, 1, 1, 1, 0, 0});
}
