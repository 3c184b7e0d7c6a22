// SPDX-License-Identifier: Apache-2.0
// What a memory budget changes: nothing where the program fits, else the order of kernels, else cheap values are
// computed again.
#include "support/gated_net.hpp"

namespace {

using cleave::Builder, cleave::Rule, cleave::Shape;
using cleave::axes::C, cleave::axes::N;
using test::Batch, test::Evaluates, test::GatedNet, test::input, test::parameter, test::planned_bytes, test::Trains,
    test::Within;

// --- by hand: exp and tanh are kept for the backward pass; with a budget only their operand is
struct Small : Trains {
  using X = Shape<N<4>, C<16>>;
  static constexpr void trace(Builder& b) {
    const auto x = input<X>(b, "x");
    const auto w = parameter<Shape<C<16>>>(b, "w");
    const auto h = exp(tanh(x * w));
    b.output(cleave::sum<N, C>(h * h).id);
  }
};
constexpr cleave::extent small_bytes = planned_bytes<Small, 4>();
using Fits = Within<Small, small_bytes, 4>;
using Tight = Within<Small, small_bytes - 64, 4>;
using Hopeless = Within<Small, 100, 4>;

static_assert(cleave::printed<test::Final<Small>> == "%0 = input : f32[N4, C16] \"x\"\n"
                                                     "%1 = parameter : f32[C16] \"w\"\n"
                                                     "%2 = mul %0 %1 : f32[N4, C16]\n"
                                                     "%3 = tanh %2 : f32[N4, C16]\n"
                                                     "%4 = exp %3 : f32[N4, C16]\n"
                                                     "%5 = mul %4 %4 : f32[N4, C16]\n"
                                                     "%6 = sum %5 : f32[]\n"
                                                     "%7 = number 1.000000 : f32[]\n"
                                                     "%8 = add %4 %4 : f32[N4, C16]\n"
                                                     "%9 = mul %4 %8 : f32[N4, C16]\n"
                                                     "%10 = mul %3 %3 : f32[N4, C16]\n"
                                                     "%11 = sub %7 %10 : f32[N4, C16]\n"
                                                     "%12 = mul %9 %11 : f32[N4, C16]\n"
                                                     "%13 = mul %0 %12 : f32[N4, C16]\n"
                                                     "%14 = sum %13 : f32[C16]\n"
                                                     "output %6\n"
                                                     "gradient %14 of w\n");
static_assert(cleave::printed<test::Final<Fits>> == cleave::printed<test::Final<Small>>.c_str());
static_assert(cleave::printed<test::Final<Tight>> == "%0 = input : f32[N4, C16] \"x\"\n"
                                                     "%1 = parameter : f32[C16] \"w\"\n"
                                                     "%2 = mul %0 %1 : f32[N4, C16]\n"
                                                     "%3 = tanh %2 : f32[N4, C16]\n"
                                                     "%4 = exp %3 : f32[N4, C16]\n"
                                                     "%5 = mul %4 %4 : f32[N4, C16]\n"
                                                     "%6 = sum %5 : f32[]\n"
                                                     "%7 = number 1.000000 : f32[]\n"
                                                     "%8 = mul %0 %1 : f32[N4, C16]\n"
                                                     "%9 = tanh %8 : f32[N4, C16]\n"
                                                     "%10 = exp %9 : f32[N4, C16]\n"
                                                     "%11 = add %10 %10 : f32[N4, C16]\n"
                                                     "%12 = mul %10 %11 : f32[N4, C16]\n"
                                                     "%13 = mul %9 %9 : f32[N4, C16]\n"
                                                     "%14 = sub %7 %13 : f32[N4, C16]\n"
                                                     "%15 = mul %12 %14 : f32[N4, C16]\n"
                                                     "%16 = mul %0 %15 : f32[N4, C16]\n"
                                                     "%17 = sum %16 : f32[C16]\n"
                                                     "output %6\n"
                                                     "gradient %17 of w\n");
static_assert(planned_bytes<Tight, 4>() <= small_bytes - 64);
static_assert(test::is_well_formed<Fits, 4>());
static_assert(test::is_well_formed<Tight, 4>());

// --- what fits nowhere is refused, with the smallest plan found
static_assert(cleave::fault_of<Hopeless>.rule == Rule::budget_exceeded);
static_assert(cleave::fault_of<Hopeless>.left.extent_of('B') == planned_bytes<Tight, 4>());
static_assert(cleave::fault_of<Hopeless>.right.extent_of('B') == 100);
// The sentence tells the truth: with just that budget the program compiles.
using AsTold = Within<Small, cleave::fault_of<Hopeless>.left.extent_of('B'), 4>;
static_assert(!cleave::fault_of<AsTold>);

// --- a deeper net: half of the activations, for a few more kernels; rows of other devices are planned alike
using Net = GatedNet<4>;
using Squeezed = Within<Net, 100000, 8>;
static_assert(planned_bytes<Net, 8>() > 110000);
static_assert(planned_bytes<Squeezed, 8>() <= 100000);
static_assert(!cleave::fault_of<Squeezed>);
static_assert(cleave::fused<Squeezed>.kernels <= cleave::fused<Net>.kernels + 4);
static_assert(test::is_well_formed<Squeezed, 8>());
static_assert(test::is_well_formed<Squeezed, 3>());
static_assert(cleave::cost<Squeezed, 8>.flops <= 1.25 * cleave::cost<Net, 8>.flops);

// --- order: a value that is only a scalar's worth of use away from its end is not kept while others are made
struct Wide : Evaluates {
  using X = Shape<N<4>, C<64>>;
  static constexpr void trace(Builder& b) {
    const cleave::Value x = input<X>(b, "x").value();
    const cleave::Value w =
        b.leaf(&cleave::rule<cleave::ParameterLeaf>, "w", Shape<cleave::axes::O<64>, C<64>>::dims, cleave::DType::f32);
    cleave::Value products[6];
    for (int i = 0; i < 6; ++i) { // all products first, then all sums
      products[i] = cleave::Contract::make({0, 1, false, true}, i == 0 ? x : x * (1. + i), w, "NC");
    }
    cleave::Value total = cleave::detail::sum_over(products[0], "C");
    for (int i = 1; i < 6; ++i) {
      total = total + cleave::detail::sum_over(products[i], "C");
    }
    b.output(total.id);
  }
};
constexpr cleave::extent wide_bytes = planned_bytes<Wide, 4>();
using Ordered = Within<Wide, wide_bytes - 64, 4>;
static_assert(cleave::graph<Ordered>.size() == cleave::graph<Wide>.size());
static_assert(planned_bytes<Ordered, 4>() <= wide_bytes - cleave::extent{3} * 1024);
static_assert(cleave::fused<Ordered>.kernels == cleave::fused<Wide>.kernels);
static_assert(test::is_well_formed<Ordered, 4>());

} // namespace
