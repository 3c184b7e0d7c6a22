// SPDX-License-Identifier: Apache-2.0
#include <cleave/tensor.hpp>

#include <catch2/catch.hpp>

namespace {
using cleave::Shape, cleave::Tensor, cleave::transpose;
using cleave::axes::C, cleave::axes::H, cleave::axes::N;
} // namespace

TEST_CASE("a transposition has the axes in the order that is named", "[transpose]") {
  const auto counted = cleave::arange<float, N<24>>();
  const auto x = Tensor(cleave::reshape<C<2>, H<3>, cleave::axes::W<4>>(cleave::rename<N, C>(counted)));
  const auto turned = transpose<cleave::axes::W, C, H>(x);
  static_assert(std::is_same_v<decltype(turned)::shape, Shape<cleave::axes::W<4>, C<2>, H<3>>>);
  const auto reversed = transpose(x);
  static_assert(std::is_same_v<decltype(reversed)::shape, Shape<cleave::axes::W<4>, H<3>, C<2>>>);
  for (int c = 0; c < 2; ++c) {
    for (int h = 0; h < 3; ++h) {
      for (int w = 0; w < 4; ++w) {
        CHECK(turned(w, c, h) == x(c, h, w));
        CHECK(reversed(w, h, c) == x(c, h, w));
      }
    }
  }
  CHECK((transpose<C, H, cleave::axes::W>(turned) == x));
}

TEST_CASE("a transposition is written through", "[transpose]") {
  Tensor<float, Shape<N<2>, C<3>>> x;
  transpose(x).assign(Tensor<float, Shape<C<3>, N<2>>>{0, 1, 2, 3, 4, 5});
  CHECK((x == Tensor<float, Shape<N<2>, C<3>>>{0, 2, 4, 1, 3, 5}));
  const Tensor<float, Shape<>> scalar = {3};
  CHECK(transpose(scalar)() == 3);
}
