// SPDX-License-Identifier: Apache-2.0
#include <cleave/tensor.hpp>

#include <catch2/catch.hpp>

namespace {
using cleave::flip, cleave::Shape, cleave::Tensor;
using cleave::axes::C, cleave::axes::N;
} // namespace

TEST_CASE("flipping reverses an axis, flipping twice nothing", "[flip]") {
  Tensor<float, Shape<N<2>, C<3>>> x = {0, 1, 2, 3, 4, 5};
  CHECK((flip<C>(x) == Tensor<float, Shape<N<2>, C<3>>>{2, 1, 0, 5, 4, 3}));
  CHECK((flip<N>(x) == Tensor<float, Shape<N<2>, C<3>>>{3, 4, 5, 0, 1, 2}));
  CHECK((flip<N>(flip<C>(flip<N>(flip<C>(x)))) == x));
  x = flip<C>(x) + 0;
  CHECK((x == Tensor<float, Shape<N<2>, C<3>>>{2, 1, 0, 5, 4, 3}));
  x = flip<N>(flip<C>(x));
  CHECK((x == Tensor<float, Shape<N<2>, C<3>>>{3, 4, 5, 0, 1, 2}));
  Tensor<float, Shape<N<cleave::dynamic>, C<2>>> data(2);
  data(1, 0) = 3;
  CHECK(flip<C>(data)(1, 1) == 3);
}
