// SPDX-License-Identifier: Apache-2.0
#include <cleave/tensor.hpp>

#include <catch2/catch.hpp>

namespace {
using cleave::bind, cleave::Shape, cleave::Strides, cleave::Tensor;
using cleave::axes::C, cleave::axes::N;
} // namespace

TEST_CASE("a foreign buffer is bound without a copy", "[bind]") {
  float buffer[] = {0, 1, 2, 3, 4, 5, 6, 7};
  const auto x = bind<Shape<N<2>, C<3>>>(static_cast<float*>(buffer), 6);
  x(1, 2) = 50;
  CHECK(buffer[5] == 50);
  const auto rows = bind<Shape<N<2>, C<3>>, Strides<4, 1>>(static_cast<const float*>(buffer), 8);
  static_assert(std::is_same_v<decltype(rows(0, 0)), const float&>);
  CHECK(rows(1, 0) == 4);
  CHECK(rows(1, 2) == 6);
  CHECK((bind<Shape<N<2>, C<4>>>(buffer)(1, 3) == 7));
  CHECK(cleave::flip<C>(x)(0, 0) == 2);
}

TEST_CASE("a buffer that does not fit is refused in words", "[bind]") {
  alignas(8) float buffer[8] = {};
  CHECK_THROWS_WITH((bind<Shape<N<2>, C<3>>>(static_cast<float*>(buffer), 5)),
                    Catch::Contains("take 6 elements") && Catch::Contains("has 5"));
  CHECK_THROWS_AS((bind<Shape<N<2>, C<3>>>(static_cast<float*>(buffer), 8)), cleave::Error);
  CHECK_THROWS_WITH((bind<Shape<N<2>, C<3>>, Strides<4, 1>>(static_cast<float*>(buffer), 6)),
                    Catch::Contains("take 7 elements"));
  CHECK_THROWS_WITH((bind<Shape<C<3>>>(static_cast<float*>(nullptr), 3)), Catch::Contains("null"));
  auto* const crooked = reinterpret_cast<float*>(reinterpret_cast<char*>(buffer) + 2);
  CHECK_THROWS_WITH((bind<Shape<C<3>>>(crooked, 3)), Catch::Contains("not aligned"));
}
