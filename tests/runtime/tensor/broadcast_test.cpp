// SPDX-License-Identifier: Apache-2.0
#include <cleave/tensor.hpp>

#include <catch2/catch.hpp>

namespace {
using cleave::broadcast_to, cleave::Shape, cleave::Tensor;
using cleave::axes::C, cleave::axes::H, cleave::axes::N;
} // namespace

TEST_CASE("a broadcast repeats elements without copying them", "[broadcast]") {
  Tensor<float, Shape<C<3>>> x = {1, 2, 3};
  const auto y = broadcast_to<Shape<N<2>, C<3>, H<2>>>(x);
  x(1) = 20;
  for (int n = 0; n < 2; ++n) {
    for (int h = 0; h < 2; ++h) {
      CHECK(y(n, 1, h) == 20);
      CHECK(y(n, 2, h) == 3);
    }
  }
  CHECK((Tensor(y) == y));
}
