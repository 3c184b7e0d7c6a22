// SPDX-License-Identifier: Apache-2.0
#include "support/moves.hpp"

using cleave::Shape;
using cleave::axes::A, cleave::axes::B, cleave::axes::C, cleave::axes::D, cleave::axes::E, cleave::axes::F,
    cleave::axes::H, cleave::axes::N, cleave::axes::O, cleave::axes::T, cleave::axes::W;

struct Refolded {
  constexpr auto operator()(const auto& x) const { return cleave::reshape<N<3>, H<1>, W<5>>(x); }
};
struct RowsAsTheyAre {
  constexpr auto operator()(const auto& x) const { return cleave::reshape<N<cleave::batch>, H<2>, W<3>>(x); }
};
struct Flat {
  constexpr auto operator()(const auto& x) const { return cleave::flatten<C>(x); }
};
struct Renamed {
  constexpr auto operator()(const auto& x) const { return cleave::rename<C, O>(x); }
};
struct WithTime {
  constexpr auto operator()(const auto& x) const { return cleave::insert_axis<T>(x); }
};
struct ThereAndBack {
  constexpr auto operator()(const auto& x) const { return cleave::squeeze<T>(cleave::insert_axis<T>(x)); }
};
struct Spread {
  constexpr auto operator()(const auto& x) const { return cleave::broadcast_to<Shape<N<2>, C<3>, H<2>>>(x); }
};
struct Blocks {
  constexpr auto operator()(const auto& x) const { return cleave::depth_to_space<2>(x); }
};

TEST_CASE("reshape keeps the laws of an operation", "[ops][law]") {
  law::check<cleave::Reshape, Refolded, 1>(-2, 2);
  law::check_second_order<RowsAsTheyAre, law::Curved::no, Shape<N<2>, C<6>>>(-2, 2);
  law::check_second_order<Flat, law::Curved::no, Shape<T<2>, N<2>, C<3>>>(-2, 2);
  law::check_second_order<Spread, law::Curved::no, Shape<C<3>>>(-2, 2);
  law::check_second_order<Blocks, law::Curved::no, Shape<N<1>, C<4>, H<2>, W<3>>>(-2, 2);
}

TEST_CASE("reshape, rename, insert_axis and squeeze leave the elements where they are", "[ops]") {
  const test::Numbers counted{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  using S = Shape<N<2>, C<6>>;
  CHECK(law::moved<RowsAsTheyAre, S>() == counted);
  CHECK(law::moved<Renamed, S>() == counted);
  CHECK(law::moved<WithTime, S>() == counted);
  CHECK(law::moved<ThereAndBack, S>() == counted);
  CHECK(law::moved<Flat, Shape<N<2>, C<2>, H<3>>>() == counted);
  static_assert(law::MoveProgram<RowsAsTheyAre, S>::dims() == Shape<N<2>, H<2>, W<3>>::dims);
  static_assert(law::MoveProgram<Renamed, S>::dims() == Shape<N<2>, O<6>>::dims);
  static_assert(law::MoveProgram<WithTime, S>::dims() == Shape<T<1>, N<2>, C<6>>::dims);
  static_assert(law::MoveProgram<ThereAndBack, S>::dims() == S::dims);
}

TEST_CASE("flatten brings the rows of a batch to the front", "[ops]") {
  CHECK(law::moved<Flat, Shape<T<2>, N<2>, C<3>>>() == test::Numbers{0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11});
  static_assert(law::MoveProgram<Flat, Shape<T<2>, N<4>, C<3>>>::dims() == Shape<N<4>, C<6>>::dims);
}

TEST_CASE("broadcast_to repeats along the axes that are missing", "[ops]") {
  CHECK(law::moved<Spread, Shape<C<3>>>() == test::Numbers{0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2});
  CHECK(law::moved<Spread, Shape<N<2>, H<2>>>() == test::Numbers{0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3});
}

TEST_CASE("depth_to_space makes squares of channels, in any layout", "[ops]") {
  CHECK(law::moved<Blocks, Shape<N<1>, C<4>, H<1>, W<2>>>() == test::Numbers{0, 2, 1, 3, 4, 6, 5, 7});
  CHECK(law::moved<Blocks, Shape<N<1>, H<1>, W<2>, C<4>>>() == test::Numbers{0, 1, 4, 5, 2, 3, 6, 7});
}

namespace {

using cleave::Rule;
template <class S, class... To>
constexpr Rule rule_of =
    cleave::detail::Call<cleave::Reshape, cleave::detail::ReshapeTo<S, To...>, cleave::Symbol<float, S>>::fault.rule;
using X = Shape<N<4>, C<6>>;
static_assert(rule_of<X, N<4>, H<2>, W<3>> == Rule::none);
static_assert(rule_of<X, N<cleave::batch>, H<2>, W<3>> == Rule::none);
static_assert(rule_of<X, H<1>, N<4>, C<6>> == Rule::none);
static_assert(rule_of<X, N<4>, C<5>> == Rule::size_differs);
static_assert(rule_of<X, C<24>> == Rule::batch_axis_folded);
static_assert(rule_of<X, N<2>, C<12>> == Rule::batch_axis_folded);
static_assert(rule_of<X, H<2>, N<4>, C<3>> == Rule::batch_axis_folded); // rows are torn apart
static_assert(rule_of<Shape<C<6>>, N<6>> == Rule::batch_axis_folded);
static_assert(rule_of<X, N<4>, C<3>, C<2>> == Rule::axis_named_twice);

} // namespace
