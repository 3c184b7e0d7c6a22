// SPDX-License-Identifier: Apache-2.0
#include <cleave/shape/layout.hpp>

#include <type_traits>

namespace {

using cleave::Shape, cleave::batch_axis_of, cleave::layout_v, cleave::shape_of;
using cleave::axes::C, cleave::axes::H, cleave::axes::N, cleave::axes::T, cleave::axes::W;
using cleave::detail::same_text;

static_assert(std::is_same_v<shape_of<"NCHW", 2, 3, 4, 5>, Shape<N<2>, C<3>, H<4>, W<5>>>);
static_assert(std::is_same_v<shape_of<"">, Shape<>>);
static_assert(std::is_same_v<shape_of<"N", cleave::dynamic>, Shape<N<cleave::dynamic>>>);

static_assert(same_text(layout_v<Shape<T<7>, N<2>, C<3>>>.data(), "TNC"));
static_assert(same_text(layout_v<Shape<>>.data(), ""));
static_assert(std::is_same_v<shape_of<layout_v<Shape<H<4>, W<5>>>, 4, 5>, Shape<H<4>, W<5>>>, "there and back");

static_assert(batch_axis_of("NCHW") == 0 && batch_axis_of("TNC") == 1 && batch_axis_of("CHWN") == 3);
static_assert(batch_axis_of("CHW") == -1 && batch_axis_of("") == -1);
static_assert(batch_axis_of(layout_v<Shape<T<7>, N<2>, C<3>>>) == 1);

// What shape_of refuses.
static_assert(!cleave::detail::are_capitals("NcHW") && !cleave::detail::are_capitals("N HW"));
static_assert(!cleave::detail::has_no_letter_twice("NCNW") && cleave::detail::has_no_letter_twice("NCHW"));

} // namespace
