// SPDX-License-Identifier: Apache-2.0
#include <cleave/device/device_list.hpp>
#include <cleave/shape/broadcast.hpp>
#include <cleave/shape/shape.hpp>
#include <cleave/shape/strides.hpp>

#include <type_traits>

namespace {

using cleave::Shape, cleave::Strides, cleave::broadcast_t, cleave::row_major_t;
using cleave::axes::C, cleave::axes::H, cleave::axes::N, cleave::axes::W;

// A shape knows its axes as types and as a value.
using Image = Shape<N<2>, C<3>, H<4>, W<5>>;
static_assert(Image::rank == 4 && Image::size == 120 && Image::is_static);
static_assert(Image::dims.index_of('H') == 2 && Image::dims.index_of('Q') == -1 && !Image::dims.has('Q'));
static_assert(cleave::extent_along<'W', Image> == 5 && cleave::extent_along<'Q', Image> == 1);
static_assert(Shape<>::rank == 0 && Shape<>::size == 1);
static_assert(!Shape<N<cleave::dynamic>, C<3>>::is_static && Shape<N<cleave::dynamic>, C<3>>::size == cleave::dynamic);
static_assert(std::is_same_v<cleave::with_batch_t<Shape<C<3>, N<2>>, 7>, Shape<C<3>, N<7>>>);
static_assert(std::is_same_v<cleave::remove_axis_t<Image, 'C'>, Shape<N<2>, H<4>, W<5>>>);

// Row-major strides, and what counts as contiguous.
static_assert(std::is_same_v<row_major_t<Image>, Strides<60, 20, 5, 1>>);
static_assert(std::is_same_v<row_major_t<Shape<>>, Strides<>>);
static_assert(std::is_same_v<row_major_t<Shape<N<cleave::dynamic>, C<3>>>, Strides<3, 1>>);
static_assert(cleave::is_contiguous<Image, Strides<60, 20, 5, 1>>);
static_assert(!cleave::is_contiguous<Shape<N<2>, C<3>>, Strides<4, 1>>);
static_assert(!cleave::is_contiguous<Shape<N<2>, C<3>>, Strides<1, 2>>);
static_assert(cleave::is_contiguous<Shape<N<1>, C<3>>, Strides<99, 1>>, "nobody steps along one element");
static_assert(cleave::is_contiguous<Shape<N<3>, C<1>>, Strides<1, 7>>);
static_assert(cleave::is_contiguous<Shape<>, Strides<>>);

// Shapes broadcast by name: a part of the axes, in order, with equal extents.
template <class A, class B>
constexpr bool fits = cleave::detail::broadcast_fits<A, B>;
static_assert(fits<Shape<N<2>, C<3>>, Shape<C<3>>> && fits<Shape<N<2>, C<3>>, Shape<N<2>>>);
static_assert(fits<Shape<>, Image> && fits<Image, Shape<C<3>, W<5>>>);
static_assert(!fits<Shape<N<2>, C<3>>, Shape<N<3>, C<2>>>, "transposed extents");
static_assert(!fits<Shape<N<3>, C<3>>, Shape<C<3>, N<3>>>, "permuted axes of equal extents");
static_assert(!fits<Shape<N<2>, C<3>>, Shape<C<3>, H<4>>>, "neither holds the other");
static_assert(!fits<Shape<N<2>, C<3>>, Shape<C<1>>>, "an extent of 1 does not stretch");
static_assert(std::is_same_v<broadcast_t<Shape<C<3>>, Shape<N<2>, C<3>>>, Shape<N<2>, C<3>>>);
static_assert(std::is_same_v<broadcast_t<Shape<N<2>, C<3>>, Shape<>>, Shape<N<2>, C<3>>>);

// Devices.
using Both = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<3>>;
static_assert(Both::count == 2 && std::is_same_v<Both::at<1>, cleave::Cpu<3>> && Both::at<1>::index == 3);
static_assert(cleave::is_device<cleave::Cpu<7>> && !cleave::is_device<int>);
static_assert(!cleave::detail::no_device_twice<cleave::Cpu<0>, cleave::Cpu<1>, cleave::Cpu<0>>);

} // namespace
