// SPDX-License-Identifier: Apache-2.0
#include <cleave/tensor.hpp>

#include <catch2/catch.hpp>

namespace {
using cleave::pad, cleave::repeat, cleave::Shape, cleave::Tensor, cleave::tile;
using cleave::axes::C, cleave::axes::N;
template <int Rows, int Columns>
using Matrix = Tensor<float, Shape<N<Rows>, C<Columns>>>;
const Matrix<2, 2>& numbers() {
  static const Matrix<2, 2> x = {1, 2, 3, 4};
  return x;
}
} // namespace

TEST_CASE("tile repeats the whole", "[tile]") {
  const auto& x = numbers();
  CHECK((tile<C, 3>(x) == Matrix<2, 6>{1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4}));
  CHECK((tile<N, 2>(x) == Matrix<4, 2>{1, 2, 3, 4, 1, 2, 3, 4}));
  CHECK((tile<N, 2>(cleave::flip<C>(x) * 2) == Matrix<4, 2>{4, 2, 8, 6, 4, 2, 8, 6}));
  CHECK((tile<C, 1>(x) == x));
}

TEST_CASE("repeat repeats each element", "[tile]") {
  const auto& x = numbers();
  CHECK((repeat<C, 2>(x) == Matrix<2, 4>{1, 1, 2, 2, 3, 3, 4, 4}));
  CHECK((repeat<N, 3>(x) == Matrix<6, 2>{1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4}));
  CHECK((repeat<N, 2>(x + 1) == Matrix<4, 2>{2, 3, 2, 3, 4, 5, 4, 5}));
  CHECK((repeat<C, 1>(x) == x));
}

TEST_CASE("pad surrounds with a number", "[tile]") {
  const auto& x = numbers();
  CHECK((pad<C, 1, 2>(x) == Matrix<2, 5>{0, 1, 2, 0, 0, 0, 3, 4, 0, 0}));
  CHECK((pad<N, 0, 1>(x, -1) == Matrix<3, 2>{1, 2, 3, 4, -1, -1}));
  CHECK((pad<C, 0, 0>(x * 2, 0.5) == x * 2));
  const Tensor<std::uint8_t, Shape<C<1>>> byte = {7};
  CHECK((pad<C, 1, 0>(byte, 255) == Tensor<std::uint8_t, Shape<C<2>>>{255, 7}));
  CHECK_THROWS_WITH((pad<C, 1, 0>(byte, 256)), Catch::Contains("256 does not fit elements of type u8"));
}
