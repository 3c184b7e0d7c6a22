// SPDX-License-Identifier: Apache-2.0
#include <cleave/shape/einsum.hpp>
#include <cleave/shape/shape.hpp>

namespace {

using cleave::Dims, cleave::Shape;
using cleave::axes::A, cleave::axes::B, cleave::axes::C, cleave::axes::D, cleave::axes::E, cleave::axes::F,
    cleave::axes::G, cleave::axes::H, cleave::axes::N, cleave::axes::O, cleave::axes::T;
using cleave::detail::parse_einsum, cleave::detail::plan_einsum, cleave::detail::plan_pair;

// --- specifications
constexpr auto spec = parse_einsum("NTC, CO -> NTO");
static_assert(spec.is_well_formed && spec.count == 2);
static_assert(spec.operands[0].rank == 3 && spec.operands[0].letters[2] == 'C');
static_assert(spec.operands[1].rank == 2 && spec.result.rank == 3 && spec.result.letters[2] == 'O');
static_assert(parse_einsum("N,N->").is_well_formed);
static_assert(parse_einsum("N,->N").is_well_formed); // the second operand is a scalar
static_assert(!parse_einsum("NC,CO").is_well_formed);
static_assert(!parse_einsum("NC->N->C").is_well_formed);
static_assert(!parse_einsum("NC->N,C").is_well_formed);
static_assert(!parse_einsum("ABCDEFG->A").is_well_formed); // more than 6 axes

// --- the order of contractions
template <class... S>
constexpr auto plan(const Dims& result) {
  const Dims operands[] = {S::dims...};
  return plan_einsum(operands, sizeof...(S), result);
}

// (10 x 1000)(1000 x 5)(5 x 500): the first two first
constexpr auto chain =
    plan<Shape<A<10>, B<1000>>, Shape<B<1000>, C<5>>, Shape<C<5>, D<500>>>(Shape<A<10>, D<500>>::dims);
static_assert(chain.count == 2 && chain.flops == 2. * (10 * 1000 * 5 + 10 * 5 * 500));
static_assert(chain.steps[0].left == 0 && chain.steps[0].right == 1);
static_assert(chain.steps[1].left == 0 && chain.steps[1].right == 1); // D's matrix, then the product

// the other way round: the last two first
constexpr auto turned =
    plan<Shape<A<500>, B<5>>, Shape<B<5>, C<1000>>, Shape<C<1000>, D<10>>>(Shape<A<500>, D<10>>::dims);
static_assert(turned.steps[0].left == 1 && turned.steps[0].right == 2);
static_assert(turned.flops == 2. * (5 * 1000 * 10 + 500 * 5 * 10));

// six matrices, the best of all orders (a textbook's chain: 15125 multiplications)
constexpr auto six = plan<Shape<A<30>, B<35>>, Shape<B<35>, C<15>>, Shape<C<15>, D<5>>, Shape<D<5>, E<10>>,
                          Shape<E<10>, F<20>>, Shape<F<20>, G<25>>>(Shape<A<30>, G<25>>::dims);
static_assert(six.count == 5 && six.flops == 2. * 15125);
static_assert(six.most_axes == 2);

// seven are planned greedily, each pair the cheapest
constexpr auto seven = plan<Shape<A<2>, B<3>>, Shape<B<3>, C<5>>, Shape<C<5>, D<7>>, Shape<D<7>, E<11>>,
                            Shape<E<11>, F<13>>, Shape<F<13>, G<17>>, Shape<G<17>, H<19>>>(Shape<A<2>, H<19>>::dims);
static_assert(seven.count == 6 && seven.steps[0].left == 0 && seven.steps[0].right == 1);
static_assert(seven.most_axes == 2);

// an axis that one operand alone has is summed before, and costs no product anything
constexpr auto lone = plan<Shape<A<4>, B<100>>, Shape<A<4>>>(Shape<>::dims);
static_assert(lone.flops == 2. * 4);

// --- two operands for one matrix product
constexpr Dims k = Shape<C<5>>::dims;
constexpr auto layer = plan_pair(Shape<N<3>, C<5>>::dims, Shape<O<7>, C<5>>::dims, k, {});
static_assert(layer.moved == 0 && !layer.transpose_a && layer.transpose_b && layer.batch == 0 && layer.contracted == 1);
static_assert(layer.result == Shape<N<3>, O<7>>::dims);

constexpr auto weight = plan_pair(Shape<C<5>, O<7>>::dims, Shape<C<5>, T<2>>::dims, k, {});
static_assert(weight.moved == 0 && weight.transpose_a && !weight.transpose_b);

constexpr auto batched = plan_pair(Shape<N<3>, A<2>, C<5>>::dims, Shape<N<3>, C<5>, B<4>>::dims, k, {});
static_assert(batched.moved == 0 && batched.batch == 1 && batched.result == Shape<N<3>, A<2>, B<4>>::dims);

// a batch axis that does not lead is brought to the front: the smaller operand moves
constexpr auto inside = plan_pair(Shape<N<3>, A<2>, C<5>>::dims, Shape<C<5>, N<3>>::dims, k, {});
static_assert(inside.moved == 15 && inside.a == Shape<N<3>, A<2>, C<5>>::dims);

// contracted axes in another order: one of the operands moves
constexpr auto crossed =
    plan_pair(Shape<N<3>, A<2>, B<5>>::dims, Shape<B<5>, A<2>, O<1>>::dims, Shape<A<2>, B<5>>::dims, {});
static_assert(crossed.moved == 10 && crossed.contracted == 2);

} // namespace
