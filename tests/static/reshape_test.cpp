// SPDX-License-Identifier: Apache-2.0
#include <cleave/base/fixed_string.hpp>
#include <cleave/shape/crop.hpp>
#include <cleave/shape/reshape.hpp>
#include <cleave/shape/transpose.hpp>

#include <type_traits>

namespace {

using cleave::Shape, cleave::Strides;
using cleave::axes::C, cleave::axes::H, cleave::axes::N, cleave::axes::T, cleave::axes::W;
using namespace cleave::detail; // NOLINT(google-build-using-namespace): everything here is about details

template <class... Axes>
constexpr cleave::Dims dims = Shape<Axes...>::dims;

// Rows stay rows.
constexpr auto& images = dims<N<2>, H<3>, W<4>>;
static_assert(keeps_rows(images, dims<N<2>, C<12>>) && keeps_rows(images, dims<N<2>, C<2>, H<6>>));
static_assert(!keeps_rows(images, dims<C<24>>), "N is folded away");
static_assert(!keeps_rows(images, dims<C<2>, H<3>, W<4>>), "N under another name");
static_assert(!keeps_rows(images, dims<N<4>, C<6>>), "other rows");
static_assert(!keeps_rows(images, dims<C<3>, N<2>, W<4>>), "other elements before N");
static_assert(keeps_rows(dims<T<3>, N<2>, C<4>>, dims<H<3>, N<2>, W<4>>));
static_assert(keeps_rows(dims<C<6>>, dims<N<2>, C<3>>) && keeps_rows(dims<>, dims<C<1>>), "no rows, nothing to keep");

/// The geometry of flatten<C> for a row-major shape.
template <class S>
constexpr Strided flat = flattened(strided_of<S, cleave::row_major_t<S>>(), 'C');
static_assert(flat<Shape<N<2>, H<3>, W<4>>>.dims == dims<N<2>, C<12>> && flat<Shape<N<2>, H<3>, W<4>>>.strides[1] == 1);
static_assert(flat<Shape<N<2>>>.dims == dims<N<2>, C<1>>);
static_assert(flat<Shape<H<3>, W<4>>>.dims == dims<C<12>> && flat<Shape<>>.dims == dims<C<1>>);
static_assert(flat<Shape<H<3>, N<2>>>.dims == dims<N<2>, C<3>> && flat<Shape<H<3>, N<2>>>.strides[1] == 2);
static_assert(flat<Shape<T<3>, N<2>, C<4>>>.dims.rank < 0, "rows in pieces");
static_assert(flattened(strided_of<Shape<N<2>, H<3>, W<2>>, Strides<24, 8, 4>>(), 'C').strides[1] == 4,
              "evenly spaced");
static_assert(flattened(strided_of<Shape<N<2>, H<3>, W<2>>, Strides<24, 8, 1>>(), 'C').dims.rank < 0);
static_assert(flattened(strided_of<Shape<N<2>, H<3>, W<2>>, Strides<6, -2, -1>>(), 'C').strides[1] == -1, "reversed");

// Transposing, renaming, inserting, dropping, spreading.
constexpr Strided x = strided_of<Shape<N<2>, C<3>, H<4>>, Strides<12, 4, 1>>();
constexpr Strided turned = transposed(x, "HNC");
static_assert(turned.dims == dims<H<4>, N<2>, C<3>> && turned.strides[0] == 1 && turned.strides[2] == 4);
static_assert(is_order_of(x.dims, "CHN", 3) && !is_order_of(x.dims, "CH", 2) && !is_order_of(x.dims, "CHC", 3));
static_assert(!is_order_of(x.dims, "CHW", 3) && !is_order_of(x.dims, "CHNW", 4));
static_assert(same_text(reversed_letters(x.dims).value, "HCN"));
static_assert(renamed(x, 'C', 'W').dims == dims<N<2>, W<3>, H<4>>);
static_assert(with_leading_axis(x, 'T').dims == dims<T<1>, N<2>, C<3>, H<4>>);
static_assert(without_axis(with_leading_axis(x, 'T'), 'T').dims == x.dims);
constexpr Strided spread = broadcasted(strided_of<Shape<C<3>>, Strides<1>>(), dims<N<2>, C<3>>);
static_assert(spread.dims == dims<N<2>, C<3>> && spread.strides[0] == 0 && spread.strides[1] == 1);

// Crops.
constexpr auto& image = dims<C<3>, H<5>, W<8>>;
constexpr auto middle = centred(image, dims<W<3>, H<4>>);
static_assert(middle.at[0] == 2 && middle.at[1] == 0, "what is left over is halved, rounded down");
constexpr cleave::extent corner[] = {2, 3};
constexpr Strided cut = cropped(strided_of<Shape<C<3>, H<5>, W<8>>, Strides<40, 8, 1>>(), dims<H<3>, W<5>>, corner);
static_assert(cut.offset == 19 && cut.dims == dims<C<3>, H<3>, W<5>> && cut.strides[1] == 8);
static_assert(crop_misfit(image, dims<H<3>, W<5>>, corner) == '\0');
static_assert(crop_misfit(image, dims<H<4>, W<5>>, corner) == 'H' &&
              crop_misfit(image, dims<H<3>, W<6>>, corner) == 'W');
constexpr cleave::extent before[] = {-1};
static_assert(crop_misfit(image, dims<H<3>>, before) == 'H');

// Lifting a geometry into types.
struct Turned {
  static constexpr Strided value = turned;
};
static_assert(std::is_same_v<shape_lifted<Turned>, Shape<H<4>, N<2>, C<3>>>);
static_assert(std::is_same_v<strides_lifted<Turned>, Strides<1, 12, 4>>);

// Products of extents that cannot be counted stop at the largest number.
constexpr cleave::extent half = cleave::extent{1} << 62;
static_assert(times(half, 1) == half && times(half, 2) == uncountable && times(uncountable, 3) == uncountable);
static_assert(count_elements<N<half>, C<2>>() == uncountable && count_elements<N<half>>() == half);
static_assert(Shape<N<(cleave::extent{1} << 40)>, C<(cleave::extent{1} << 22)>>::size == half,
              "more than 2^31 elements");

} // namespace
