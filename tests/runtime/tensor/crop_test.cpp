// SPDX-License-Identifier: Apache-2.0
#include <cleave/tensor.hpp>

#include <catch2/catch.hpp>

namespace {

using cleave::arange, cleave::crop, cleave::offset, cleave::reshape, cleave::Shape, cleave::Tensor;
using cleave::axes::C, cleave::axes::H, cleave::axes::N, cleave::axes::W;

/// Two channels of 5 x 8 counted through.
Tensor<float, Shape<C<2>, H<5>, W<8>>> image() {
  const auto counted = arange<float, W<80>>();
  return reshape<C<2>, H<5>, W<8>>(counted);
}

} // namespace

TEST_CASE("a crop without offsets is the middle", "[crop]") {
  const auto x = image();
  const auto middle = crop<H<3>, W<4>>(x);
  static_assert(std::is_same_v<decltype(middle)::shape, Shape<C<2>, H<3>, W<4>>>);
  CHECK(middle(0, 0, 0) == 8 + 2);
  CHECK(middle(1, 2, 3) == 40 + 24 + 5);
  CHECK(crop<W<5>>(x)(0, 0, 0) == 1);
  CHECK((crop<H<5>, W<8>>(x) == x));
}

TEST_CASE("a crop begins at static or run-time offsets, in the order in which its axes are named", "[crop]") {
  auto x = image();
  const auto fixed = crop<W<5>, H<2>>(x, offset<3, 1>);
  CHECK(fixed(1, 1, 4) == 40 + 16 + 7);
  for (int h = 0; h <= 3; ++h) {
    for (int w = 0; w <= 3; ++w) {
      CHECK(crop<H<2>, W<5>>(x, h, w)(1, 1, 4) == static_cast<float>(40 + 8 * (h + 1) + w + 4));
    }
  }
  CHECK(crop<W<5>, H<2>>(x, 3, 1).data() == fixed.data());
  fixed.fill(0);
  CHECK(x(0, 1, 3) == 0);
  CHECK(x(0, 1, 2) == 10);
}

TEST_CASE("a crop beyond an axis is refused with its name", "[crop]") {
  const auto x = image();
  CHECK_THROWS_WITH((crop<H<2>, W<5>>(x, 0, 4)),
                    Catch::Contains("5 elements from 4 on along axis W") && Catch::Contains("there are 8"));
  CHECK_THROWS_AS((crop<H<2>>(x, -1)), cleave::Error);
}

TEST_CASE("a crop of a reversed view takes its elements", "[crop]") {
  const auto x = image();
  const auto reversed = cleave::flip<W>(x);
  CHECK(crop<W<2>>(reversed, 1)(0, 0, 0) == 6);
  CHECK(crop<W<2>>(reversed, offset<1>)(0, 0, 1) == 5);
}

TEST_CASE("a data set is cropped along its other axes", "[crop]") {
  Tensor<float, Shape<N<cleave::dynamic>, H<4>>> data(3);
  data(2, 1) = 5;
  const auto middle = crop<H<2>>(data);
  CHECK(middle.rows() == 3);
  CHECK(middle(2, 0) == 5);
}
