// SPDX-License-Identifier: Apache-2.0
// Programs that contain a gradient.
#include "support/programs.hpp"

#include <cleave/passes/gradient.hpp>

namespace {

using cleave::Builder, cleave::Rule, cleave::Shape;
using cleave::axes::C, cleave::axes::N;
using test::Batch, test::Evaluates, test::input, test::parameter, test::Trains;

// The derivative of sum(tanh(x w)) by x, as an output.
struct First : Evaluates {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    const auto w = parameter<Shape<C<3>>>(b, "w");
    b.output(cleave::gradient(cleave::sum<N, C>(tanh(x * w)), x).id);
  }
};
static_assert(!cleave::fault_of<First>);
static_assert(test::is_well_formed<First, 4>());
static_assert(cleave::printed<test::Final<First>> == "%0 = input : f32[N4, C3] \"x\"\n"
                                                     "%1 = parameter : f32[C3] \"w\"\n"
                                                     "%2 = mul %0 %1 : f32[N4, C3]\n"
                                                     "%3 = tanh %2 : f32[N4, C3]\n"
                                                     "%4 = number 1.000000 : f32[]\n"
                                                     "%5 = mul %3 %3 : f32[N4, C3]\n"
                                                     "%6 = sub %4 %5 : f32[N4, C3]\n"
                                                     "%7 = mul %1 %6 : f32[N4, C3]\n"
                                                     "output %7\n");

// By a value in the middle, and of a mean: divided by the rows of the whole batch.
struct Middle : Evaluates {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    const auto h = exp(x);
    b.output(cleave::gradient(cleave::mean<N>(cleave::sum<C>(h * h)), h).id);
  }
};
static_assert(!cleave::fault_of<Middle>);
static_assert(cleave::printed<test::Final<Middle>> == "%0 = input : f32[N4, C3] \"x\"\n"
                                                      "%1 = exp %0 : f32[N4, C3]\n"
                                                      "%2 = batch_rows : f32[]\n"
                                                      "%3 = add %1 %1 : f32[N4, C3]\n"
                                                      "%4 = div %3 %2 : f32[N4, C3]\n"
                                                      "output %4\n");

// A Hessian-vector product over a sharded batch: the first gradient is a sum over devices and used linearly.
struct HessianVector : Trains {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    const auto v = input<Shape<C<3>>>(b, "v");
    const auto w = parameter<Shape<C<3>>>(b, "w");
    b.output(cleave::sum<C>(cleave::gradient(cleave::sum<N, C>(tanh(x * w)), w) * v).id);
  }
};
static_assert(!cleave::fault_of<HessianVector>);
static_assert(test::is_well_formed<HessianVector, 4>());
static_assert(cleave::placements<HessianVector>[cleave::graph<HessianVector>.results[1].node] ==
              cleave::Placement::partial);

// Squared, it would be an addend's square.
struct Penalty : Trains {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    const auto w = parameter<Shape<C<3>>>(b, "w");
    const auto g = cleave::gradient(cleave::sum<N, C>(tanh(x * w)), w);
    b.output(cleave::sum<C>(g * g).id);
  }
};
static_assert(cleave::fault_of<Penalty>.rule == Rule::nonlinear_partial);

// A penalty on the gradient by the input is each row's own.
struct InputPenalty : Trains {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    const auto w = parameter<Shape<C<3>>>(b, "w");
    const auto g = cleave::gradient(cleave::sum<N, C>(tanh(x * w)), x);
    b.output(cleave::sum<N, C>(g * g).id);
  }
};
static_assert(!cleave::fault_of<InputPenalty>);
static_assert(test::is_well_formed<InputPenalty, 4>());

// --- what has no derivative is refused
struct OfHead : Trains {
  static constexpr void trace(Builder& b) {
    input<Shape<N<4>>>(b, "softmax_label");
    const auto x = input<Batch>(b, "x");
    const auto y = cleave::softmax_output<"softmax">(cleave::linear<"fc", C<2>>(x));
    b.output(cleave::gradient(cleave::sum<N, C>(y), x).id);
  }
};
static_assert(cleave::fault_of<OfHead>.rule == Rule::no_derivative);
static_assert(cleave::detail::same_text(cleave::fault_of<OfHead>.op, "softmax_output"));

struct OfHeadGradient : Trains { // a head's own gradient is defined, not derived
  static constexpr void trace(Builder& b) {
    const cleave::Value label = input<Shape<N<4>>>(b, "label").value();
    const cleave::Value y = cleave::linear<"fc", C<2>>(input<Batch>(b, "x")).value();
    const cleave::Id operands[] = {y.id, label.id};
    b.output(cleave::detail::sum_over(b.apply(&cleave::rule<cleave::SoftmaxOutputGradient>, {}, operands, 2), "NC").id);
  }
};
static_assert(cleave::fault_of<OfHeadGradient>.rule == Rule::no_derivative);
static_assert(cleave::detail::same_text(cleave::fault_of<OfHeadGradient>.op, "softmax_output_gradient"));

struct NoPath : Evaluates {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    const auto y = input<Batch>(b, "y");
    b.output(cleave::gradient(cleave::sum<N, C>(x), y).id);
  }
};
static_assert(cleave::fault_of<NoPath>.rule == Rule::gradient_missing);

} // namespace
