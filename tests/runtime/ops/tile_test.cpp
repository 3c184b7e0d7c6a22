// SPDX-License-Identifier: Apache-2.0
#include "support/moves.hpp"

using cleave::Shape;
using cleave::axes::C, cleave::axes::H, cleave::axes::N, cleave::axes::W;

struct Tiled {
  constexpr auto operator()(const auto& x) const { return cleave::tile<C, 2>(x); }
};
struct Repeated {
  constexpr auto operator()(const auto& x) const { return cleave::repeat<C, 3>(x); }
};
struct Larger {
  constexpr auto operator()(const auto& x) const { return cleave::upsample<H<2>, W<3>>(x); }
};

TEST_CASE("tile and repeat keep the laws of an operation", "[ops][law]") {
  law::check<cleave::Tile, Tiled, 1>(-2, 2);
  law::check<cleave::Tile, Repeated, 1>(-2, 2);
  law::check_second_order<Tiled, law::Curved::no, Shape<N<2>, C<3>, H<2>>>(-2, 2);
  law::check_second_order<Larger, law::Curved::no, Shape<N<2>, H<2>, W<2>>>(-2, 2);
}

TEST_CASE("tile repeats the whole, repeat each element", "[ops]") {
  CHECK(law::moved<Tiled, Shape<N<2>, C<2>>>() == test::Numbers{0, 1, 0, 1, 2, 3, 2, 3});
  CHECK(law::moved<Tiled, Shape<C<2>, N<2>>>() == test::Numbers{0, 1, 2, 3, 0, 1, 2, 3});
  CHECK(law::moved<Repeated, Shape<N<2>, C<2>>>() == test::Numbers{0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3});
  CHECK(law::moved<Larger, Shape<H<2>, W<2>>>() ==
        test::Numbers{0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 2, 2, 2, 3, 3, 3});
}
