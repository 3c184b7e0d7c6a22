// SPDX-License-Identifier: Apache-2.0
#include <cleave/shape/concat.hpp>
#include <cleave/shape/slice.hpp>

#include <type_traits>

namespace {

using cleave::Shape, cleave::concat_shape, cleave::slice_shape;
using cleave::axes::C, cleave::axes::H, cleave::axes::N;
using cleave::detail::concat_misfit;

static_assert(std::is_same_v<concat_shape<'N', Shape<N<43>, C<10>>, Shape<N<21>, C<10>>>, Shape<N<64>, C<10>>>);
static_assert(
    std::is_same_v<concat_shape<'C', Shape<N<2>, C<1>>, Shape<N<2>, C<2>>, Shape<N<2>, C<3>>>, Shape<N<2>, C<6>>>);
static_assert(std::is_same_v<concat_shape<'N', Shape<N<2>>>, Shape<N<2>>>);

// Slices and their joins are inverse to each other, at every border.
template <cleave::extent Border>
constexpr bool joins_again = std::is_same_v<
    concat_shape<'C', slice_shape<Shape<N<3>, C<5>>, 'C', 0, Border>, slice_shape<Shape<N<3>, C<5>>, 'C', Border, 5>>,
    Shape<N<3>, C<5>>>;
static_assert(joins_again<1> && joins_again<2> && joins_again<3> && joins_again<4>);

// What keeps shapes from being joined, and where.
constexpr auto extents_differ = concat_misfit(Shape<N<2>, C<10>>::dims, Shape<N<3>, C<12>>::dims, 'N');
static_assert(extents_differ.letter == 'C' && extents_differ.first == 10 && extents_differ.other == 12);
constexpr auto axis_missing = concat_misfit(Shape<N<2>, C<10>>::dims, Shape<N<2>>::dims, 'N');
static_assert(axis_missing.letter == 'C' && axis_missing.first == 10 && axis_missing.other == 0);
constexpr auto axis_too_many = concat_misfit(Shape<N<2>>::dims, Shape<N<2>, H<4>>::dims, 'N');
static_assert(axis_too_many.letter == 'H' && axis_too_many.first == 0 && axis_too_many.other == 4);
static_assert(concat_misfit(Shape<N<2>, C<2>>::dims, Shape<C<2>, N<2>>::dims, 'N').letter != '\0', "other order");
static_assert(concat_misfit(Shape<N<2>, C<3>>::dims, Shape<N<9>, C<3>>::dims, 'N').letter == '\0');

} // namespace
