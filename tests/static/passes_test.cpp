// SPDX-License-Identifier: Apache-2.0
// What the passes do to small programs, as constants. Illegal programs are refused with the right Fault.
#include <cleave/graph/print.hpp>
#include <cleave/graph/verify.hpp>
#include <cleave/model/trace.hpp>
#include <cleave/passes/pipeline.hpp>

namespace {

using cleave::Builder, cleave::Rule, cleave::Shape, cleave::Symbol;
using cleave::axes::C, cleave::axes::N;

using Batch = Shape<N<4>, C<3>>;

/// Base of test programs: every parameter's gradient is wanted.
struct Trains {
  static constexpr bool differentiated = true;
  static constexpr cleave::GradientRequest request(const char* /*name*/, bool is_parameter) {
    return is_parameter ? cleave::GradientRequest::write : cleave::GradientRequest::none;
  }
};
template <class S>
constexpr auto input(Builder& b, const char* name) {
  return Symbol<float, S>(b.leaf(&cleave::rule<cleave::InputLeaf>, name, S::dims, cleave::DType::f32));
}
template <class S>
constexpr auto parameter(Builder& b, const char* name) {
  return Symbol<float, S>(b.leaf(&cleave::rule<cleave::ParameterLeaf>, name, S::dims, cleave::DType::f32));
}

// --- trace, print
struct Scale : Trains {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    const auto w = parameter<Shape<C<3>>>(b, "w");
    b.output(cleave::sum<N, C>(x * w).id);
  }
};
struct TracedScale {
  static constexpr auto& graph = cleave::traced<Scale>;
};
static_assert(cleave::printed<TracedScale> == "%0 = input : f32[N4, C3] \"x\"\n"
                                              "%1 = parameter : f32[C3] \"w\"\n"
                                              "%2 = mul %0 %1 : f32[N4, C3]\n"
                                              "%3 = sum %2 : f32[]\n"
                                              "output %3\n");

// --- differentiate: d/dw sum(x w) = sum over N of x, spread from the seed 1
struct ScaleGraph {
  static constexpr auto& graph = cleave::graph<Scale>;
};
static_assert(cleave::printed<ScaleGraph> == "%0 = input : f32[N4, C3] \"x\"\n"
                                             "%1 = parameter : f32[C3] \"w\"\n"
                                             "%2 = mul %0 %1 : f32[N4, C3]\n"
                                             "%3 = sum %2 : f32[]\n"
                                             "%4 = number 1.000000 : f32[]\n"
                                             "%5 = copy %4 : f32[N4, C3]\n"
                                             "%6 = mul %5 %0 : f32[N4, C3]\n"
                                             "%7 = sum %6 : f32[C3]\n"
                                             "output %3\n"
                                             "gradient %7 of w\n");
static_assert(cleave::detail::verify(cleave::graph<Scale>.view()) == nullptr);
static_assert(cleave::placements<Scale>[2] == cleave::Placement::sharded);
static_assert(cleave::placements<Scale>[3] == cleave::Placement::partial);
static_assert(cleave::placements<Scale>[7] == cleave::Placement::partial);

// --- cse and dce
struct Repeats {
  static constexpr bool differentiated = false;
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    const auto unused = tanh(x);
    static_cast<void>(unused);
    b.output((relu(x) + relu(x)).id);
  }
};
static_assert(cleave::traced<Repeats>.size() == 5);
static_assert(cleave::merged<Repeats>.size() == 4);
static_assert(cleave::graph<Repeats>.size() == 3);

// --- fuse: one chain, its leaves the input and the bias, whatever the rows
struct Chain {
  static constexpr bool differentiated = false;
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    const auto w = parameter<Shape<C<3>>>(b, "w");
    b.output(tanh(relu(x * 2 + w)).id);
  }
};
static_assert(cleave::fused<Chain>.kernels == 1);

// A value that is an output as well is written once and read by the rest.
struct Shared {
  static constexpr bool differentiated = false;
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    const auto y = relu(x);
    b.output(y.id);
    b.output(tanh(y).id);
  }
};
static_assert(cleave::fused<Shared>.kernels == 2);

// An output that is an input, or another output, is copied in the forward pass.
struct Passes {
  static constexpr bool differentiated = false;
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    b.output(x.id);
    b.output(x.id);
  }
};
static_assert(cleave::fused<Passes>.kernels == 2);
static_assert(cleave::fused<Passes>.forward_kernels == 2);

// --- localize and memory: rows change offsets, never the number of kernels
static_assert(cleave::localized<Scale, 1>.nodes[0].dims.extent_of('N') == 1);
static_assert(cleave::localized<Scale, 1>.nodes[1].dims == Shape<C<3>>::dims);
static_assert(cleave::memory<Scale, 4>.arena_bytes[static_cast<int>(cleave::ArenaId::parameters)] == 64);
static_assert(cleave::memory<Scale, 4>.arena_bytes[static_cast<int>(cleave::ArenaId::gradients)] == 64);

// A long chain of kernels needs two blocks, not twenty.
struct Deep {
  static constexpr bool differentiated = false;
  static constexpr void trace(Builder& b) {
    using X = Shape<N<4>, C<16>>;
    auto x = input<X>(b, "x");
    const cleave::Value w =
        b.leaf(&cleave::rule<cleave::ParameterLeaf>, "w", Shape<cleave::axes::O<16>, C<16>>::dims, cleave::DType::f32);
    cleave::Value y = x.value();
    for (int i = 0; i < 20; ++i) {
      y = cleave::Contract::make({0, 1, false, true}, y, w, "NC");
    }
    b.output(y.id);
  }
};
static_assert(cleave::fused<Deep>.kernels == 20);
static_assert(cleave::memory<Deep, 4>.arena_bytes[static_cast<int>(cleave::ArenaId::activations)] == 512);
static_assert(cleave::memory<Deep, 4>.activation_bound == 512);

// A chain may take the place of an operand that dies in it.
struct InPlace {
  static constexpr bool differentiated = false;
  static constexpr void trace(Builder& b) {
    const cleave::Value x = input<Shape<N<4>, C<16>>>(b, "x").value();
    const cleave::Value w =
        b.leaf(&cleave::rule<cleave::ParameterLeaf>, "w", Shape<cleave::axes::O<16>, C<16>>::dims, cleave::DType::f32);
    b.output(cleave::Value::apply<cleave::Tanh>(cleave::Contract::make({0, 1, false, true}, x, w, "NC")).id);
  }
};
static_assert(cleave::memory<InPlace, 4>.arena_bytes[static_cast<int>(cleave::ArenaId::activations)] == 256);

// --- costs
static_assert(cleave::cost<Deep, 4>.kernels == 20);
static_assert(cleave::cost<Deep, 4>.flops == 20 * 2. * 4 * 16 * 16);
static_assert(cleave::cost<Deep, 4>.bytes_written == 20 * 4. * 4 * 16);

// --- faults: what must not compile is refused with the right rule
template <class F>
struct Refused {
  static constexpr bool differentiated = false;
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    const auto w = parameter<Shape<C<3>>>(b, "w");
    b.output(F{}(b, x, w));
  }
};
struct NonlinearOfSum {
  constexpr auto operator()(Builder& /*b*/, auto x, auto /*w*/) const { return relu(cleave::sum<N>(x)).id; }
};
struct SumPlusWhole {
  constexpr auto operator()(Builder& /*b*/, auto x, auto w) const { return (cleave::sum<N>(x) + w).id; }
};
struct SumTimesSum {
  constexpr auto operator()(Builder& /*b*/, auto x, auto /*w*/) const {
    const auto s = cleave::sum<N>(x);
    return (s * s).id;
  }
};
struct WholeOverSum {
  constexpr auto operator()(Builder& /*b*/, auto x, auto w) const { return (w / cleave::sum<N>(x)).id; }
};
struct RowsMinusSum {
  constexpr auto operator()(Builder& /*b*/, auto x, auto /*w*/) const { return (x - cleave::mean<N>(x)).id; }
};
struct LinearOfSum { // legal: scaling an addend scales the sum
  constexpr auto operator()(Builder& /*b*/, auto x, auto w) const { return (-(cleave::sum<N>(x) * w) / 3).id; }
};
struct SumPlusSum {
  constexpr auto operator()(Builder& /*b*/, auto x, auto w) const {
    return (cleave::sum<N>(x) + cleave::sum<N>(x * w)).id;
  }
};
static_assert(cleave::fault_of<Refused<NonlinearOfSum>>.rule == Rule::nonlinear_partial);
static_assert(cleave::fault_of<Refused<SumPlusWhole>>.rule == Rule::partial_meets_other);
static_assert(cleave::fault_of<Refused<SumTimesSum>>.rule == Rule::nonlinear_partial);
static_assert(cleave::fault_of<Refused<WholeOverSum>>.rule == Rule::nonlinear_partial);
static_assert(cleave::fault_of<Refused<RowsMinusSum>>.rule == Rule::partial_meets_other);
static_assert(cleave::fault_of<Refused<LinearOfSum>>.rule == Rule::none);
static_assert(cleave::fault_of<Refused<SumPlusSum>>.rule == Rule::none);

struct NameTwice : Trains {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    b.output(cleave::linear<"fc", C<3>>(cleave::linear<"fc", C<3>>(x)).id);
  }
};
static_assert(cleave::fault_of<NameTwice>.rule == Rule::name_used_twice);

struct NoLabel : Trains {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    b.output(cleave::softmax_output<"softmax">(cleave::linear<"fc", C<2>>(x)).id);
  }
};
static_assert(cleave::fault_of<NoLabel>.rule == Rule::input_missing);

struct WrongLabel : Trains {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    input<Shape<N<4>, C<3>>>(b, "softmax_label");
    b.output(cleave::softmax_output<"softmax">(cleave::linear<"fc", C<2>>(x)).id);
  }
};
static_assert(cleave::fault_of<WrongLabel>.rule == Rule::label_shape_differs);

struct NoLoss : Trains {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    b.output(cleave::linear<"fc", C<2>>(x).id);
  }
};
static_assert(cleave::fault_of<NoLoss>.rule == Rule::head_missing);

struct Unreached : Trains {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    const auto unused = cleave::linear<"other", C<2>>(x);
    static_cast<void>(unused);
    b.output(cleave::sum<N, C>(cleave::linear<"fc", C<2>>(x)).id);
  }
};
static_assert(cleave::fault_of<Unreached>.rule == Rule::gradient_missing);

struct MixedHeads : Trains {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    const auto y = cleave::linear<"fc", C<2>>(x);
    b.output(cleave::sum<N, C>(y).id);
    b.output(cleave::mean<N, C>(y).id);
  }
};
static_assert(cleave::fault_of<MixedHeads>.rule == Rule::heads_disagree);

// Operations compute with float and double, all operands alike.
struct IntegerOperand {
  static constexpr bool differentiated = false;
  static constexpr void trace(Builder& b) {
    const Symbol<int, Batch> x(b.leaf(&cleave::rule<cleave::InputLeaf>, "x", Batch::dims, cleave::DType::i32));
    b.output(relu(x).id);
  }
};
static_assert(cleave::fault_of<IntegerOperand>.rule == Rule::dtype_unsupported);

struct IntegerLabel : Trains {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    b.leaf(&cleave::rule<cleave::InputLeaf>, "softmax_label", Shape<N<4>>::dims, cleave::DType::i32);
    b.output(cleave::softmax_output<"softmax">(cleave::linear<"fc", C<2>>(x)).id);
  }
};
static_assert(cleave::fault_of<IntegerLabel>.rule == Rule::dtypes_differ);

} // namespace
