// SPDX-License-Identifier: Apache-2.0
#include <cleave/tensor.hpp>

#include <concepts>

namespace {

using cleave::Add, cleave::Cpu, cleave::Expression, cleave::Multiply, cleave::Relu, cleave::Shape, cleave::Statement;
using cleave::Strides, cleave::Tensor, cleave::View;
using cleave::axes::C, cleave::axes::H, cleave::axes::N;
namespace detail = cleave::detail;

using Matrix = Tensor<float, Shape<N<2>, C<3>>>;
using Row = Tensor<float, Shape<C<3>>>;
using HeldMatrix = detail::HeldTensor<float, Shape<N<2>, C<3>>>;
using HeldRow = detail::HeldTensor<float, Shape<C<3>>>;
using HeldNumber = detail::HeldNumber<float>;

template <class X>
X value(); // never called

// Statements lie in one flat list; the operands of the second part are shifted behind those of the first.
using Sum = decltype(value<Matrix>() + value<Row>());
static_assert(std::is_same_v<Sum, Expression<float, Shape<N<2>, C<3>>, Cpu<0>, detail::HeldLeaves<HeldMatrix, HeldRow>,
                                             Statement<Add, -1, -2>>>);
using Product = decltype(relu(value<Sum>() * 2) + value<Sum>());
static_assert(
    std::is_same_v<Product, Expression<float, Shape<N<2>, C<3>>, Cpu<0>,
                                       detail::HeldLeaves<HeldMatrix, HeldRow, HeldNumber, HeldMatrix, HeldRow>,
                                       Statement<Add, -1, -2>, Statement<Multiply, 0, -3>, Statement<Relu, 1>,
                                       Statement<Add, -4, -5>, Statement<Add, 2, 3>>>);
static_assert(Product::leaf_count == 5 && Product::statement_count == 5);

// The shape is the larger operand's, whichever side it is on; scalars fit everything.
static_assert(std::is_same_v<decltype(value<Row>() + value<Matrix>())::shape, Matrix::shape>);
static_assert(std::is_same_v<decltype(value<Tensor<float, Shape<>>>() + value<Matrix>())::shape, Matrix::shape>);
static_assert(std::is_same_v<decltype(1 - value<Row>())::shape, Row::shape>);

// What operations refuse, and why (each sentence has a program in tests/reject).
template <class... X>
constexpr detail::Misuse misuse = detail::misuse<Add, X...>;
using detail::Misuse;
static_assert(misuse<Matrix, Row> == Misuse::none && misuse<Matrix, int> == Misuse::none);
static_assert(misuse<Matrix, Tensor<float, Shape<N<3>, C<2>>>> == Misuse::shapes);
static_assert(misuse<Tensor<float, Shape<N<3>, C<3>>>, Tensor<float, Shape<C<3>, N<3>>>> == Misuse::shapes);
static_assert(misuse<Matrix, Tensor<float, Shape<C<3>, H<4>>>> == Misuse::shapes);
static_assert(misuse<Matrix, Tensor<double, Shape<C<3>>>> == Misuse::elements);
static_assert(misuse<Matrix, Tensor<float, Shape<C<3>>, Cpu<1>>> == Misuse::devices);
static_assert(misuse<Matrix, cleave::Partial<View<float, Shape<C<3>>>>> == Misuse::partial);
static_assert(misuse<Tensor<float, Shape<N<cleave::dynamic>>>, int> == Misuse::dynamic_extent);
static_assert(misuse<Tensor<std::int32_t, Shape<C<3>>>, double> == Misuse::number_is_cut);
static_assert(misuse<Tensor<std::int32_t, Shape<C<3>>>, int> == Misuse::none);
static_assert(detail::Operands<Add, Matrix, Tensor<float, Shape<N<2>, C<4>>>>::axis == 'C');

// Eight leaves fit twice in no expression.
using Four = decltype(value<Sum>() + value<Sum>());
using Eight = decltype(value<Four>() + value<Four>());
static_assert(Eight::leaf_count == 8 && misuse<Eight, Four> == Misuse::none && misuse<Eight, Eight> == Misuse::length);

// Loops: neighbouring axes that all leaves walk alike become one; how a leaf is read is decided on the innermost.
template <class S, class St>
using Held = detail::HeldView<float, S, St>;
template <class S, class... H>
using loops = detail::Loops<S, cleave::row_major_t<S>, H...>;
using Small = Shape<N<2>, C<3>>;
using Whole = Held<Small, Strides<3, 1>>;

static_assert(loops<Small, Whole, Whole>::nest.loops == 1 && loops<Small, Whole>::nest.extents[0] == 6);
static_assert(
    std::is_same_v<loops<Small, Whole, HeldNumber>::modes, cleave::Leaves<cleave::leaf_unit, cleave::leaf_number>>);
using Bias = loops<Small, Whole, Held<Shape<C<3>>, Strides<1>>>;
static_assert(Bias::nest.loops == 2 && Bias::nest.leaf_strides[1][0] == 0);
static_assert(std::is_same_v<Bias::modes, cleave::Leaves<cleave::leaf_unit, cleave::leaf_unit>>);
using PerRow = loops<Small, Whole, Held<Shape<N<2>>, Strides<1>>>;
static_assert(std::is_same_v<PerRow::modes, cleave::Leaves<cleave::leaf_unit, cleave::leaf_repeat>>);
using Transposing = loops<Small, Held<Small, Strides<1, 2>>>;
static_assert(Transposing::nest.loops == 2);
static_assert(std::is_same_v<Transposing::modes, cleave::Leaves<cleave::leaf_stride>>);
using Column = loops<Shape<N<2>, C<1>>, Held<Shape<N<2>, C<1>>, Strides<3, 1>>>;
static_assert(Column::nest.loops == 1, "an axis of one element is no loop");
static_assert(std::is_same_v<Column::modes, cleave::Leaves<cleave::leaf_stride>>, "though its own stride is 1");
using ColumnBias = loops<Shape<N<2>, C<1>>, Held<Shape<C<1>>, Strides<1>>>;
static_assert(std::is_same_v<ColumnBias::modes, cleave::Leaves<cleave::leaf_repeat>>);
using Single = loops<Shape<N<1>, C<1>>, Held<Shape<N<1>, C<1>>, Strides<5, 5>>, Held<Shape<>, Strides<>>>;
static_assert(Single::nest.loops == 0);
static_assert(std::is_same_v<Single::modes, cleave::Leaves<cleave::leaf_unit, cleave::leaf_unit>>);

// Views are pointers; slicing the leading axis keeps a view contiguous.
static_assert(std::is_trivially_copyable_v<View<float, Small>> && sizeof(View<float, Small>) == sizeof(float*));
static_assert(std::is_convertible_v<View<float, Small>, View<const float, Small>>);
static_assert(!std::is_convertible_v<View<const float, Small>, View<float, Small>>);
static_assert(std::is_same_v<decltype(cleave::slice<N, 0, 1>(value<Matrix&>())), View<float, Shape<N<1>, C<3>>>>);
static_assert(std::is_same_v<decltype(cleave::slice<C, 1, 3>(value<const Matrix&>())),
                             View<const float, Shape<N<2>, C<2>>, Cpu<0>, Strides<3, 1>>>);
static_assert(detail::slice_is_right<'N', 0, 1, 1, Matrix&>());
static_assert(!detail::slice_is_right<'N', 0, 1, 1, Matrix>(), "a temporary");
static_assert(!detail::slice_is_right<'N', 0, 1, 1, Sum&>(), "an expression");
static_assert(!detail::slice_is_right<'N', 0, 3, 1, Matrix&>(), "outside");
static_assert(std::is_same_v<decltype(cleave::slice<C, -1, cleave::to_end, -2>(value<Matrix&>())),
                             View<float, Shape<N<2>, C<2>>, Cpu<0>, Strides<3, -2>>>);
static_assert(std::is_same_v<decltype(cleave::broadcast_to<Small>(value<Row&>())),
                             View<const float, Small, Cpu<0>, Strides<0, 1>>>,
              "only reads");
static_assert(std::is_same_v<decltype(cleave::transpose(value<Matrix&>())),
                             View<float, Shape<C<3>, N<2>>, Cpu<0>, Strides<1, 3>>>);

// Tensors are regular values; comparing is one answer.
static_assert(std::regular<Matrix> && std::regular<Tensor<std::uint8_t, Shape<N<cleave::dynamic>, C<3>>>>);
static_assert(std::is_same_v<decltype(value<Matrix>() == value<Matrix>() + 1), bool>);
static_assert(std::is_same_v<decltype(value<Matrix>() != value<View<float, Small>>()), bool>);
static_assert(std::is_nothrow_move_constructible_v<Matrix> && std::is_nothrow_move_assignable_v<Matrix>);

// A tensor is deduced from an expression; a view of a tensor that ends now is refused.
static_assert(std::is_same_v<decltype(Tensor(value<Sum>())), Matrix>);
static_assert(std::is_convertible_v<Matrix&, View<float, Small>>);
static_assert(std::is_convertible_v<const Matrix&, View<const float, Small>>);
static_assert(!std::is_convertible_v<const Matrix&, View<float, Small>>);
static_assert(!std::is_convertible_v<Matrix, View<const float, Small>>);

} // namespace
