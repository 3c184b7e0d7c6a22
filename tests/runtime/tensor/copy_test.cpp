// SPDX-License-Identifier: Apache-2.0
#include <cleave/device/copy.hpp>

#include <catch2/catch.hpp>

#include <limits>

using cleave::DType;
using cleave::detail::copy_block;
using cleave::detail::copy_elements;

namespace {

template <class To, class From>
To converted(From x) {
  To y{};
  copy_elements(&y, cleave::dtype_v<To>, &x, cleave::dtype_v<From>, 1);
  return y;
}

template <class To, class From>
void check_pair() {
  const From from[] = {From(0), From(1), From(2), From(100), From(7)};
  To to[5] = {};
  copy_elements(to, cleave::dtype_v<To>, from, cleave::dtype_v<From>, 5);
  for (int i = 0; i < 5; ++i) {
    CHECK(to[i] == static_cast<To>(from[i]));
  }
}

template <class To>
void check_all() {
  check_pair<To, float>();
  check_pair<To, double>();
  check_pair<To, std::int32_t>();
  check_pair<To, std::int64_t>();
  check_pair<To, std::uint8_t>();
}

} // namespace

TEST_CASE("elements of every type are copied to every type", "[copy]") {
  check_all<float>();
  check_all<double>();
  check_all<std::int32_t>();
  check_all<std::int64_t>();
  check_all<std::uint8_t>();
}

TEST_CASE("floating numbers lose their fraction", "[copy]") {
  CHECK(converted<std::int32_t>(2.9) == 2);
  CHECK(converted<std::int32_t>(-2.9F) == -2);
  CHECK(converted<std::uint8_t>(-0.5) == 0);
}

TEST_CASE("floating numbers out of range become the nearest integer", "[copy]") {
  using Int = std::numeric_limits<std::int32_t>;
  using Long = std::numeric_limits<std::int64_t>;
  CHECK(converted<std::int32_t>(3e9) == Int::max());
  CHECK(converted<std::int32_t>(-3e9F) == Int::min());
  CHECK(converted<std::int32_t>(2147483647.5) == Int::max());
  CHECK(converted<std::int32_t>(2147483648.F) == Int::max());
  CHECK(converted<std::int64_t>(1e30) == Long::max());
  CHECK(converted<std::int64_t>(-9223372036854775808.) == Long::min());
  CHECK(converted<std::int64_t>(9223372036854775807.) == Long::max());
  CHECK(converted<std::uint8_t>(256.) == 255);
  CHECK(converted<std::uint8_t>(-7.) == 0);
  CHECK(converted<std::int32_t>(std::numeric_limits<double>::infinity()) == Int::max());
  CHECK(converted<std::int64_t>(std::numeric_limits<float>::quiet_NaN()) == 0);
}

TEST_CASE("integers drop high bits", "[copy]") {
  CHECK(converted<std::uint8_t>(std::int32_t{257}) == 1);
  CHECK(converted<std::int32_t>((std::int64_t{1} << 32) + 5) == 5);
}

TEST_CASE("runs are copied between strides, with and without a cast", "[copy]") {
  const float from[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  double wide[8] = {};
  copy_block(wide, DType::f64, 3, from, DType::f32, 4, 3, 2);
  const double expected[] = {0, 1, 0, 4, 5, 0, 8, 9};
  for (int i = 0; i < 8; ++i) {
    CHECK(wide[i] == expected[i]);
  }
  float same[12] = {};
  copy_block(same, DType::f32, 6, from, DType::f32, 6, 2, 6);
  CHECK(same[11] == 11);
  copy_block(same, DType::f32, 1, from, DType::f32, 1, 0, 1);
  CHECK(same[0] == 0);
}
