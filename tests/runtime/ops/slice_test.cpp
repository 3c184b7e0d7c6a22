// SPDX-License-Identifier: Apache-2.0
#include "support/moves.hpp"

using cleave::Shape, cleave::to_end;
using cleave::axes::C, cleave::axes::H, cleave::axes::N, cleave::axes::W;

struct Part {
  constexpr auto operator()(const auto& x) const { return cleave::slice<C, 1, 4>(x); }
};
struct Strided {
  constexpr auto operator()(const auto& x) const { return cleave::slice<C, 1, -1, 3>(x); }
};
struct Backwards {
  constexpr auto operator()(const auto& x) const { return cleave::slice<C, -2, to_end, -2>(x); }
};
struct Flipped {
  constexpr auto operator()(const auto& x) const { return cleave::flip<C>(x); }
};
struct Padded {
  constexpr auto operator()(const auto& x) const { return cleave::pad<C, 2, 1>(x); }
};
struct Cropped {
  constexpr auto operator()(const auto& x) const { return cleave::crop<H<2>, W<2>>(x); }
};
struct CroppedAt {
  constexpr auto operator()(const auto& x) const { return cleave::crop<H<1>, W<2>>(x, cleave::offset<2, 1>); }
};
struct LastThird {
  constexpr auto operator()(const auto& x) const {
    const auto [a, b, c] = cleave::split<C, 3>(x);
    return c + a - b;
  }
};

TEST_CASE("slice and its adjoint keep the laws of an operation", "[ops][law]") {
  law::check<cleave::Slice, Part, 1>(-2, 2);
  law::check<cleave::Slice, Flipped, 1>(-2, 2);
  law::check<cleave::Place, Padded, 1>(-2, 2);
  law::check_second_order<Strided, law::Curved::no, Shape<N<2>, C<9>>>(-2, 2);
  law::check_second_order<Backwards, law::Curved::no, Shape<C<6>, N<2>>>(-2, 2);
}

TEST_CASE("slice counts from both ends, in steps, and backwards", "[ops]") {
  CHECK(law::moved<Part, Shape<N<2>, C<5>>>() == test::Numbers{1, 2, 3, 6, 7, 8});
  CHECK(law::moved<Part, Shape<C<5>, N<2>>>() == test::Numbers{2, 3, 4, 5, 6, 7});
  CHECK(law::moved<Strided, Shape<C<9>>>() == test::Numbers{1, 4, 7});
  CHECK(law::moved<Backwards, Shape<C<6>>>() == test::Numbers{4, 2, 0});
  CHECK(law::moved<Flipped, Shape<H<2>, C<3>, W<2>>>() == test::Numbers{4, 5, 2, 3, 0, 1, 10, 11, 8, 9, 6, 7});
}

TEST_CASE("crop takes the middle, or what offsets say", "[ops]") {
  // 4 x 3: one row is left over above and below, half a column before, a whole one behind
  CHECK(law::moved<Cropped, Shape<H<4>, W<3>>>() == test::Numbers{3, 4, 6, 7});
  CHECK(law::moved<CroppedAt, Shape<H<4>, W<3>>>() == test::Numbers{7, 8});
  law::check_second_order<Cropped, law::Curved::no, Shape<N<2>, H<5>, W<4>>>(-2, 2);
}

TEST_CASE("split gives equal pieces in order", "[ops]") {
  CHECK(law::moved<LastThird, Shape<C<6>>>() == test::Numbers{2, 3});
  law::check_second_order<LastThird, law::Curved::no, Shape<N<2>, C<6>>>(-2, 2);
}

namespace {

using cleave::Rule;
template <char Letter, cleave::extent Begin, cleave::extent End, cleave::extent Step>
using At = cleave::detail::SliceAt<Letter, Begin, End, Step>;
using X = cleave::Symbol<float, Shape<N<4>, C<5>>>;
template <class Range>
constexpr Rule rule_of = cleave::detail::Call<cleave::Slice, Range, X>::fault.rule;

static_assert(rule_of<At<'C', 0, 5, 1>> == Rule::none);
static_assert(rule_of<At<'C', 0, 6, 1>> == Rule::range_outside);
static_assert(rule_of<At<'C', -6, 5, 1>> == Rule::range_outside);
static_assert(rule_of<At<'C', 3, 3, 1>> == Rule::range_empty);
static_assert(rule_of<At<'C', 0, 5, 0>> == Rule::range_empty);
static_assert(rule_of<At<'H', 0, 1, 1>> == Rule::axis_absent);
static_assert(rule_of<At<'N', 0, 2, 1>> == Rule::batch_axis_cut);

} // namespace
