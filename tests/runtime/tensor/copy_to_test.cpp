// SPDX-License-Identifier: Apache-2.0
#include <cleave/tensor.hpp>

#include <catch2/catch.hpp>

namespace {
using cleave::cast, cleave::concat, cleave::copy_to, cleave::Cpu, cleave::Shape, cleave::slice, cleave::Tensor;
using cleave::axes::C, cleave::axes::N;
const Tensor<float, Shape<N<4>, C<3>>>& numbers() {
  static const Tensor<float, Shape<N<4>, C<3>>> x = {0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32};
  return x;
}
} // namespace

TEST_CASE("a copy on another device has the same elements", "[copy_to]") {
  const auto& x = numbers();
  const auto there = copy_to<Cpu<1>>(x);
  static_assert(std::is_same_v<decltype(there)::device, Cpu<1>>);
  CHECK((copy_to<Cpu<0>>(there) == x));
  CHECK((copy_to<Cpu<0>>(slice<C, 0, 2>(there)) == concat<C>(slice<C, 0, 2>(x))));
  CHECK(copy_to<Cpu<1>>(x * 2)(3, 2) == 64);
  CHECK((copy_to<Cpu<0>>(cleave::transpose(x)) == cleave::transpose(x)));
  Tensor<float, Shape<N<cleave::dynamic>, C<2>>> data(3);
  data(2, 1) = 8;
  CHECK(copy_to<Cpu<1>>(data)(2, 1) == 8);
  CHECK(copy_to<Cpu<1>>(slice<C, 1, 2>(data))(2, 0) == 8);
  CHECK(copy_to<Cpu<1>>(slice<N>(data, 0, 0)).rows() == 0);
}

TEST_CASE("elements are converted by name", "[copy_to]") {
  const Tensor<double, Shape<C<3>>> x = {1.9, -1.9, 300};
  CHECK(cast<std::int32_t>(x)(1) == -1);
  CHECK(cast<std::uint8_t>(x + 0)(2) == 255);
  CHECK(cast<float>(slice<C, 1, 3>(x))(0) == -1.9F);
  CHECK(cast<std::int64_t>(cleave::flip<C>(x))(0) == 300);
  const auto wide = cast<double>(numbers());
  CHECK((cast<double>(cleave::transpose(numbers())) == cleave::transpose(wide)));
  Tensor<double, Shape<N<cleave::dynamic>>> data = {1.5, 2.5};
  CHECK(cast<std::int64_t>(data)(1) == 2);
  CHECK(cast<float>(slice<N>(data, 1, 2))(0) == 2.5F);
}

TEST_CASE("a tensor that was moved from is not copied", "[copy_to]") {
  Tensor<float, Shape<N<4>, C<3>>> x = numbers();
  const auto y = std::move(x);
  CHECK_THROWS_WITH(copy_to<Cpu<1>>(x), Catch::Contains("moved from")); // NOLINT(bugprone-use-after-move): the test
}
