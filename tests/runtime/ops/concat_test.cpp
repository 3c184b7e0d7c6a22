// SPDX-License-Identifier: Apache-2.0
#include "support/moves.hpp"

using cleave::Shape;
using cleave::axes::C, cleave::axes::H, cleave::axes::N, cleave::axes::T;

struct Joined {
  constexpr auto operator()(auto... x) const { return cleave::concat<C>(x...); }
};
struct Stacked {
  constexpr auto operator()(auto... x) const { return cleave::stack<T>(x...); }
};

TEST_CASE("concat keeps the laws of an operation", "[ops]") {
  CHECK(law::moved<Joined, Shape<N<2>, C<1>>, Shape<N<2>, C<2>>>() == test::Numbers{0, 2, 3, 1, 4, 5});
  CHECK(law::moved<Joined, Shape<C<1>, N<2>>, Shape<C<2>, N<2>>>() == test::Numbers{0, 1, 2, 3, 4, 5});
  law::check_second_order<Joined, law::Curved::no, Shape<N<2>, C<1>, H<2>>, Shape<N<2>, C<3>, H<2>>>(-2, 2);
  law::check_second_order<Stacked, law::Curved::no, Shape<N<2>, C<2>>, Shape<N<2>, C<2>>>(-2, 2);
}

TEST_CASE("a single piece is itself, and more than a node takes make a tree", "[ops]") {
  CHECK(law::moved<Joined, Shape<N<1>, C<2>>>() == test::Numbers{0, 1});
  using One = Shape<N<1>, C<1>>;
  using Two = Shape<N<1>, C<2>>;
  CHECK(law::moved<Joined, One, Two, One, Two, One, Two>() == test::Numbers{0, 1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(law::moved<Stacked, One, One, One, One, One>() == test::Numbers{0, 1, 2, 3, 4});
}

TEST_CASE("stack makes a new first axis", "[ops]") {
  CHECK(law::moved<Stacked, Shape<N<2>, C<2>>, Shape<N<2>, C<2>>>() == test::Numbers{0, 1, 2, 3, 4, 5, 6, 7});
  static_assert(law::MoveProgram<Stacked, Shape<N<2>, C<3>>, Shape<N<2>, C<3>>>::dims() ==
                Shape<T<2>, N<2>, C<3>>::dims);
}
