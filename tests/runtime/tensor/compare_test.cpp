// SPDX-License-Identifier: Apache-2.0
#include <cleave/tensor.hpp>

#include <catch2/catch.hpp>

#include <limits>

namespace {
using cleave::all_close, cleave::Shape, cleave::slice, cleave::Tensor;
using cleave::axes::C, cleave::axes::N;
using Matrix = Tensor<float, Shape<N<2>, C<3>>>;
using Pair = Tensor<double, Shape<C<2>>>;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
} // namespace

TEST_CASE("tensors are equal when all elements are", "[compare]") {
  const Matrix x = {0, 1, 2, 3, 4, 5};
  Matrix y = x;
  CHECK((x == y));
  CHECK_FALSE((x != y));
  for (float& element : y) {
    element += 1;
    CHECK((x != y));
    element -= 1;
  }
  CHECK((x == x + 0));
  CHECK((x + 0 == x));
  CHECK((x * 2 == x + x));
  CHECK((y.view() == x));
  CHECK((slice<N, 0, 1>(x) + 3 == slice<N, 1, 2>(x)));
  CHECK((cleave::flip<C>(x) != x));
  CHECK((Tensor<float, Shape<>>{2} == Tensor<float, Shape<>>{2}));
}

TEST_CASE("NaN is equal to nothing, zeros of both signs are equal", "[compare]") {
  const Pair x = {1, no_number};
  CHECK_FALSE((x == x));
  CHECK((x != x));
  CHECK((Pair{0., 1} == Pair{-0., 1}));
  CHECK((Pair{infinity, 1} == Pair{infinity, 1}));
}

TEST_CASE("data sets of other lengths are unequal", "[compare]") {
  using Rows = Tensor<std::int32_t, Shape<N<cleave::dynamic>, C<2>>>;
  CHECK((Rows{1, 2} != Rows{1, 2, 3, 4}));
  CHECK((Rows{1, 2, 3, 4} == Rows{1, 2, 3, 4}));
  CHECK((Rows() == Rows()));
  const Rows both = {1, 2, 3, 4};
  CHECK((slice<N>(both, 0, 1) == Rows{1, 2}));
}

TEST_CASE("close means within absolute + relative |b|", "[compare]") {
  const Pair b = {100, 0};
  CHECK((all_close(Pair{100.5, 0}, b, 0.01, 0)));
  CHECK_FALSE((all_close(Pair{101.5, 0}, b, 0.01, 0)));
  CHECK((all_close(Pair{100, 0.5}, b, 0, 0.5)));
  CHECK_FALSE((all_close(Pair{100, 0.51}, b, 0, 0.5)));
  CHECK((all_close(Pair{100.0000001, 0}, b)));
  CHECK((all_close(b + 1e-9, b)));
  CHECK_FALSE((all_close(Pair{1.1, 0}, Pair{1, 0}, 0.095, 0)));
  CHECK((all_close(Pair{1, 0}, Pair{1.1, 0}, 0.095, 0))); // not symmetric
}

TEST_CASE("infinities are close to themselves, NaN to nothing", "[compare]") {
  CHECK((all_close(Pair{infinity, 1}, Pair{infinity, 1})));
  CHECK_FALSE((all_close(Pair{infinity, 1}, Pair{-infinity, 1})));
  CHECK_FALSE((all_close(Pair{5, 1}, Pair{infinity, 1}, 1e-3, 1)));
  CHECK_FALSE((all_close(Pair{infinity, 1}, Pair{5, 1}, 1e9, 1e9)));
  CHECK_FALSE((all_close(Pair{no_number, 1}, Pair{no_number, 1}, 1, infinity)));
}

TEST_CASE("integers are subtracted exactly", "[compare]") {
  using Long = Tensor<std::int64_t, Shape<C<1>>>;
  const std::int64_t large = (std::int64_t{1} << 60) + 1;
  CHECK_FALSE((all_close(Long{large}, Long{large - 1}, 0, 0.5)));
  CHECK((all_close(Long{large}, Long{large - 1}, 0, 1)));
  const auto least = std::numeric_limits<std::int64_t>::min();
  CHECK_FALSE((all_close(Long{std::numeric_limits<std::int64_t>::max()}, Long{least}, 0, 1e18)));
  using Bytes = Tensor<std::uint8_t, Shape<C<1>>>;
  CHECK((all_close(Bytes{1}, Bytes{3}, 0, 2)));
}

TEST_CASE("a tensor that was moved from is not compared", "[compare]") {
  Matrix x = {0, 1, 2, 3, 4, 5};
  const Matrix y = std::move(x);
  CHECK_THROWS_WITH((x == y), Catch::Contains("moved from")); // NOLINT(bugprone-use-after-move): the test
}
