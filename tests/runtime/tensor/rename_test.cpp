// SPDX-License-Identifier: Apache-2.0
#include <cleave/tensor.hpp>

#include <catch2/catch.hpp>

namespace {
using cleave::insert_axis, cleave::rename, cleave::Shape, cleave::squeeze, cleave::Tensor;
using cleave::axes::C, cleave::axes::N, cleave::axes::O, cleave::axes::T;
using Matrix = Tensor<float, Shape<N<2>, C<3>>>;
} // namespace

TEST_CASE("a renamed axis broadcasts under its new name", "[rename]") {
  Matrix x = {0, 1, 2, 3, 4, 5};
  const auto y = rename<C, O>(x);
  static_assert(std::is_same_v<decltype(y)::shape, Shape<N<2>, O<3>>>);
  const Tensor<float, Shape<O<3>>> bias = {10, 20, 30};
  CHECK(Tensor(y + bias)(1, 2) == 35);
  y(0, 0) = 7;
  CHECK(x(0, 0) == 7);
  CHECK(rename<C, C>(x).data() == x.data());
  Tensor<float, Shape<N<cleave::dynamic>, C<2>>> data(3);
  CHECK(rename<C, O>(data).rows() == 3);
}

TEST_CASE("an axis of one element comes and goes", "[rename]") {
  const Matrix x = {0, 1, 2, 3, 4, 5};
  const auto y = insert_axis<T>(x);
  static_assert(std::is_same_v<decltype(y)::shape, Shape<T<1>, N<2>, C<3>>>);
  CHECK(y(0, 1, 2) == 5);
  CHECK((squeeze<T>(y) == x));
  CHECK(squeeze<N>(cleave::slice<N, 1, 2>(x))(2) == 5);
  CHECK(squeeze<C>(cleave::slice<C, 1, 2>(x))(1) == 4);
  CHECK((cleave::reshape<T<1>, N<2>, C<3>>(y) == y));
}
