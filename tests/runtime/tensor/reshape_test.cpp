// SPDX-License-Identifier: Apache-2.0
#include <cleave/tensor.hpp>

#include <catch2/catch.hpp>

namespace {
using cleave::flatten, cleave::rename, cleave::reshape, cleave::Shape, cleave::Tensor;
using cleave::axes::B, cleave::axes::C, cleave::axes::H, cleave::axes::N, cleave::axes::T, cleave::axes::W;
} // namespace

TEST_CASE("a reshape is the same elements in row-major order", "[reshape]") {
  Tensor<float, Shape<N<2>, C<6>>> x = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  const auto y = reshape<N<2>, H<2>, W<3>>(x);
  CHECK(y(1, 1, 0) == 9);
  y(1, 1, 0) = -9;
  CHECK(x(1, 3) == -9);
  CHECK(reshape<N<2>, C<6>>(y).data() == x.data());
  CHECK(reshape<C<12>>(rename<N, B>(x))(11) == 11);
  CHECK(reshape<N<3>, C<4>>(rename<N, B>(x))(2, 0) == 8);
  const Tensor<float, Shape<>> scalar = {3};
  CHECK(reshape<C<1>>(scalar)(0) == 3);
  CHECK(reshape<>(reshape<C<1>>(scalar))() == 3);
}

TEST_CASE("rows of a slice are reshaped where they lie one after another", "[reshape]") {
  const Tensor<float, Shape<N<3>, C<4>>> x = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  CHECK(reshape<N<2>, H<2>, W<2>>(cleave::slice<N, 1, 3>(x))(0, 1, 1) == 7);
  const Tensor turned = cleave::transpose(x); // evaluated, it is row-major again
  CHECK(reshape<H<2>, W<2>, N<3>>(turned)(1, 1, 2) == 11);
}

TEST_CASE("flatten keeps the rows and joins everything else", "[reshape]") {
  const Tensor<float, Shape<N<2>, H<2>, W<3>>> x = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  const auto y = flatten<C>(x);
  static_assert(std::is_same_v<decltype(y)::shape, Shape<N<2>, C<6>>>);
  CHECK(y(1, 4) == 10);
  CHECK(flatten<C>(cleave::slice<W, -1, cleave::to_end, -1>(cleave::slice<H, 1, 2>(x)))(1, 0) == 11);
  CHECK(flatten<H>(rename<N, B>(x))(11) == 11);
  const Tensor<float, Shape<T<3>, N<2>>> by_time = {0, 1, 2, 3, 4, 5};
  CHECK((flatten<T>(by_time) == Tensor<float, Shape<N<2>, T<3>>>{0, 2, 4, 1, 3, 5}));
}
