// SPDX-License-Identifier: Apache-2.0
#include "support/moves.hpp"

using cleave::Padding, cleave::Shape;
using cleave::axes::C, cleave::axes::H, cleave::axes::N;

struct Constant {
  constexpr auto operator()(auto x) const { return cleave::pad<C, 1, 2>(x, 9); }
};
struct Edge {
  constexpr auto operator()(auto x) const { return cleave::pad<C, 1, 2, Padding::edge>(x); }
};
struct EdgeBehind {
  constexpr auto operator()(auto x) const { return cleave::pad<C, 0, 2, Padding::edge>(x); }
};
struct Mirrored {
  constexpr auto operator()(auto x) const { return cleave::pad<C, 1, 2, Padding::reflect>(x); }
};
struct MirroredBefore {
  constexpr auto operator()(auto x) const { return cleave::pad<C, 2, 0, Padding::reflect>(x); }
};

TEST_CASE("pad adds a number, the nearest element, or the others mirrored", "[ops]") {
  CHECK(law::moved<Constant, Shape<N<2>, C<2>>>() == test::Numbers{9, 0, 1, 9, 9, 9, 2, 3, 9, 9});
  CHECK(law::moved<Constant, Shape<C<1>, N<2>>>() == test::Numbers{9, 9, 0, 1, 9, 9, 9, 9});
  CHECK(law::moved<Edge, Shape<N<2>, C<2>>>() == test::Numbers{0, 0, 1, 1, 1, 2, 2, 3, 3, 3});
  CHECK(law::moved<EdgeBehind, Shape<C<2>>>() == test::Numbers{0, 1, 1, 1});
  CHECK(law::moved<Mirrored, Shape<C<3>>>() == test::Numbers{1, 0, 1, 2, 1, 0});
  CHECK(law::moved<Mirrored, Shape<C<3>, H<2>>>() == test::Numbers{2, 3, 0, 1, 2, 3, 4, 5, 2, 3, 0, 1});
  CHECK(law::moved<MirroredBefore, Shape<C<3>>>() == test::Numbers{2, 1, 0, 1, 2});
}

TEST_CASE("pad is differentiated as it is computed", "[ops][law]") {
  law::check_second_order<Constant, law::Curved::no, Shape<N<2>, C<3>>>(-2, 2);
  law::check_second_order<Edge, law::Curved::no, Shape<N<2>, C<3>>>(-2, 2);
  law::check_second_order<Mirrored, law::Curved::no, Shape<N<2>, C<3>>>(-2, 2);
}
