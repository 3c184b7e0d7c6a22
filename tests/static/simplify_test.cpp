// SPDX-License-Identifier: Apache-2.0
// What simplify makes of small programs, and what it leaves alone.
#include "support/programs.hpp"

namespace {

using cleave::Builder, cleave::Rule, cleave::Shape, cleave::Value;
using cleave::axes::C, cleave::axes::N;
using test::Batch, test::Evaluates, test::input, test::parameter, test::Trains;

/// exp(f(x)), so that no output is a copy of the input.
template <class F>
struct Of : Evaluates {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    b.output(exp(F{}(x)).id);
  }
};
constexpr const char* only_exp = "%0 = input : f32[N4, C3] \"x\"\n"
                                 "%1 = exp %0 : f32[N4, C3]\n"
                                 "output %1\n";
template <class F>
constexpr bool becomes_x = test::is_well_formed<Of<F>, 4>() && cleave::printed<test::Final<Of<F>>> == only_exp;
/// Nodes of the result without the input and exp.
template <class F>
constexpr int left = cleave::graph<Of<F>>.size() - 2;

// --- neutral operands, negations, copies
static_assert(becomes_x<decltype([](auto x) { return x * 1; })>);
static_assert(becomes_x<decltype([](auto x) { return 1 * x; })>);
static_assert(becomes_x<decltype([](auto x) { return x + 0; })>);
static_assert(becomes_x<decltype([](auto x) { return 0 + x; })>);
static_assert(becomes_x<decltype([](auto x) { return x - 0; })>);
static_assert(becomes_x<decltype([](auto x) { return x / 1; })>);
static_assert(becomes_x<decltype([](auto x) { return -(-x); })>);
static_assert(becomes_x<decltype([](auto x) { return cleave::block_grad(x); })>);
static_assert(becomes_x<decltype([](auto x) { return -(-(x * 1 + 0) / 1); })>);

// What would change a value stays: NaN * 0, inf - inf, 0 - x, 1 / x, a rounding.
static_assert(left<decltype([](auto x) { return x * 0; })> == 2);
static_assert(left<decltype([](auto x) { return x - x; })> == 1);
static_assert(left<decltype([](auto x) { return x / x; })> == 1);
static_assert(left<decltype([](auto x) { return 0 - x; })> == 2);
static_assert(left<decltype([](auto x) { return 1 / x; })> == 2);
static_assert(left<decltype([](auto x) { return x * 3 * 5; })> == 4);
static_assert(left<decltype([](auto x) { return x + x * -1; })> == 3);

struct Negations : Evaluates {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    const auto y = input<Batch>(b, "y");
    b.output((x + -y).id);
    b.output((-x + y).id);
    b.output((x - -y).id);
    b.output((-x * -y).id);
    b.output((x + -x / y).id);
  }
};
static_assert(test::is_well_formed<Negations, 4>());
static_assert(cleave::printed<test::Final<Negations>> == "%0 = input : f32[N4, C3] \"x\"\n"
                                                         "%1 = input : f32[N4, C3] \"y\"\n"
                                                         "%2 = sub %0 %1 : f32[N4, C3]\n"
                                                         "%3 = sub %1 %0 : f32[N4, C3]\n"
                                                         "%4 = add %0 %1 : f32[N4, C3]\n"
                                                         "%5 = mul %0 %1 : f32[N4, C3]\n"
                                                         "%6 = div %0 %1 : f32[N4, C3]\n"
                                                         "%7 = sub %0 %6 : f32[N4, C3]\n"
                                                         "output %2\n"
                                                         "output %3\n"
                                                         "output %4\n"
                                                         "output %5\n"
                                                         "output %7\n");

struct Twice : Evaluates {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    b.output(relu(relu(x)).id);
  }
};
static_assert(cleave::printed<test::Final<Twice>> == "%0 = input : f32[N4, C3] \"x\"\n"
                                                     "%1 = relu %0 : f32[N4, C3]\n"
                                                     "output %1\n");

// --- numbers: computed in the element's own type, and only where that is safe
struct Numbers : Evaluates {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    const Value two = b.number(2, cleave::DType::f32);
    const Value tenth = b.number(0.1, cleave::DType::f32);
    b.output((x * (two * 3 - 1)).id);
    b.output((x * (tenth + 0.2)).id);
    b.output((x * (two / 0)).id);
    b.output((x * (two * 1e38 * 1e38)).id);
  }
};
static_assert(test::is_well_formed<Numbers, 4>());
constexpr double folded(int result) {
  const auto& graph = cleave::graph<Numbers>;
  const cleave::Node& product = graph.nodes[graph.results[result].node];
  const cleave::Node& factor = graph.nodes[product.operands[1]];
  return cleave::is_op<cleave::NumberLeaf>(factor) ? factor.attributes.number : -1;
}
static_assert(folded(0) == 5);
static_assert(folded(1) == static_cast<double>(0.1F + 0.2F));
static_assert(folded(2) == -1); // infinity is left to the kernel
static_assert(folded(3) == -1);

// --- spreading: the seed of a scalar loss is no kernel, and no node
struct Loss : Trains {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    const auto w = parameter<Shape<C<3>>>(b, "w");
    b.output(cleave::sum<N, C>(x * w).id);
  }
};
static_assert(cleave::printed<test::Differentiated<Loss>> == "%0 = input : f32[N4, C3] \"x\"\n"
                                                             "%1 = parameter : f32[C3] \"w\"\n"
                                                             "%2 = mul %0 %1 : f32[N4, C3]\n"
                                                             "%3 = sum %2 : f32[]\n"
                                                             "%4 = number 1.000000 : f32[]\n"
                                                             "%5 = copy %4 : f32[N4, C3]\n"
                                                             "%6 = mul %5 %1 : f32[N4, C3]\n"
                                                             "%7 = mul %5 %0 : f32[N4, C3]\n"
                                                             "%8 = sum %7 : f32[C3]\n"
                                                             "output %3\n"
                                                             "gradient %8 of w\n");
static_assert(cleave::printed<test::Final<Loss>> == "%0 = input : f32[N4, C3] \"x\"\n"
                                                    "%1 = parameter : f32[C3] \"w\"\n"
                                                    "%2 = mul %0 %1 : f32[N4, C3]\n"
                                                    "%3 = sum %2 : f32[]\n"
                                                    "%4 = sum %0 : f32[C3]\n"
                                                    "output %3\n"
                                                    "gradient %4 of w\n");
static_assert(cleave::fused<Loss>.kernels == 3);
static_assert(test::is_well_formed<Loss, 4>());

// A vector spread over rows is read by name; only what must have the memory keeps its copy.
struct Spreads : Evaluates {
  static constexpr Value spread(Value x, const cleave::Dims& dims) { return cleave::detail::fit_to(x, dims); }
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    const auto v = input<Shape<C<3>>>(b, "v");
    const Value rows = spread(v.value(), Batch::dims);
    b.output((x.value() * rows).id);
    b.output(Value::apply<cleave::Relu>(rows).id);
    b.output((rows + spread(spread(b.number(2, cleave::DType::f32), Shape<C<3>>::dims), Batch::dims)).id);
  }
};
static_assert(test::is_well_formed<Spreads, 4>());
static_assert(cleave::printed<test::Final<Spreads>> == "%0 = input : f32[N4, C3] \"x\"\n"
                                                       "%1 = input : f32[C3] \"v\"\n"
                                                       "%2 = copy %1 : f32[N4, C3]\n"
                                                       "%3 = mul %0 %1 : f32[N4, C3]\n"
                                                       "%4 = relu %2 : f32[N4, C3]\n"
                                                       "%5 = number 2.000000 : f32[]\n"
                                                       "%6 = copy %5 : f32[N4, C3]\n"
                                                       "%7 = add %1 %6 : f32[N4, C3]\n"
                                                       "output %3\n"
                                                       "output %4\n"
                                                       "output %7\n");

// --- placement: a spread along the batch makes rows of a whole value, and they stay rows
static_assert(!cleave::fault_of<Spreads>);
static_assert(cleave::placements<Spreads>[3] == cleave::Placement::sharded);
static_assert(cleave::placements<Spreads>[7] == cleave::Placement::sharded);

struct SpreadSum : Evaluates { // an addend is not every device's rows, simplified or not
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    b.output((x.value() * Spreads::spread(cleave::sum<N>(x).value(), Batch::dims)).id);
  }
};
static_assert(cleave::fault_of<SpreadSum>.rule == Rule::nonlinear_partial);

} // namespace
