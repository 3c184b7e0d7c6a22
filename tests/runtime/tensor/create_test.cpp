// SPDX-License-Identifier: Apache-2.0
#include <cleave/tensor.hpp>

#include <catch2/catch.hpp>

#include <span>
#include <vector>

namespace {
using cleave::Cpu, cleave::from_elements, cleave::Shape, cleave::Tensor;
using cleave::axes::C, cleave::axes::N;
} // namespace

TEST_CASE("tensors of one number", "[create]") {
  const auto two = cleave::full<Shape<N<2>, C<2>>>(2.5);
  static_assert(std::is_same_v<decltype(two)::element, double>);
  CHECK((two == Tensor<double, Shape<N<2>, C<2>>>{2.5, 2.5, 2.5, 2.5}));
  CHECK((cleave::full<float, Shape<C<2>>>(3) == Tensor<float, Shape<C<2>>>{3, 3}));
  CHECK((cleave::zeros<std::int32_t, Shape<C<2>>>() == Tensor<std::int32_t, Shape<C<2>>>{0, 0}));
  CHECK((cleave::ones<std::uint8_t, Shape<C<2>>>() == Tensor<std::uint8_t, Shape<C<2>>>{1, 1}));
  CHECK_THROWS_WITH((cleave::full<std::uint8_t, Shape<C<2>>>(300)), Catch::Contains("300 does not fit"));
  static_assert(std::is_same_v<decltype(cleave::ones<float, Shape<C<2>>, Cpu<1>>())::device, Cpu<1>>);
}

TEST_CASE("counted and evenly spaced numbers", "[create]") {
  CHECK((cleave::arange<float, C<4>>() == Tensor<float, Shape<C<4>>>{0, 1, 2, 3}));
  CHECK((cleave::arange<float, C<3>>(1, -0.5F) == Tensor<float, Shape<C<3>>>{1, 0.5F, 0}));
  CHECK((cleave::arange<std::int64_t, C<3>>(5, 10) == Tensor<std::int64_t, Shape<C<3>>>{5, 15, 25}));
  CHECK((cleave::arange<std::uint8_t, C<3>>(250) == Tensor<std::uint8_t, Shape<C<3>>>{250, 251, 252}));
  CHECK((cleave::linspace<double, C<5>>(0, 1) == Tensor<double, Shape<C<5>>>{0, 0.25, 0.5, 0.75, 1}));
  CHECK((cleave::linspace<float, C<1>>(7, 9) == Tensor<float, Shape<C<1>>>{7}));
  const auto thirds = cleave::linspace<float, C<4>>(0, 0.1F);
  CHECK(thirds(3) == 0.1F); // exactly
}

TEST_CASE("identity matrices need not be square", "[create]") {
  CHECK((cleave::eye<float, N<2>, C<3>>() == Tensor<float, Shape<N<2>, C<3>>>{1, 0, 0, 0, 1, 0}));
  CHECK((cleave::eye<std::int32_t, N<3>, C<2>>() == Tensor<std::int32_t, Shape<N<3>, C<2>>>{1, 0, 0, 1, 0, 0}));
}

TEST_CASE("tensors copy elements that lie somewhere else", "[create]") {
  const std::vector<float> values = {0, 1, 2, 3, 4, 5};
  using Matrix = Tensor<float, Shape<N<2>, C<3>>>;
  const auto x = from_elements<Shape<N<2>, C<3>>>(values.data(), values.size());
  CHECK((x == Matrix{0, 1, 2, 3, 4, 5}));
  CHECK((from_elements<Shape<N<2>, C<3>>>(values) == x));
  CHECK((from_elements<Shape<N<2>, C<3>>>(std::span<const float>(values)) == x));
  CHECK((from_elements<Shape<N<cleave::dynamic>, C<2>>>(values).rows() == 3));
  CHECK_THROWS_WITH((from_elements<Shape<N<2>, C<3>>>(values.data(), 5)), Catch::Contains("6 elements was given 5"));
  CHECK_THROWS_AS((from_elements<Shape<N<cleave::dynamic>, C<4>>>(values)), cleave::Error);
}
