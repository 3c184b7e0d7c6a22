// SPDX-License-Identifier: Apache-2.0
// Derivatives of small programs, and programs that have none.
#include "support/programs.hpp"

namespace {

using cleave::Builder, cleave::Rule, cleave::Shape, cleave::Symbol;
using cleave::axes::C, cleave::axes::N;
using test::Batch, test::Evaluates, test::input, test::parameter, test::Trains;

struct Scale : Trains {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    const auto w = parameter<Shape<C<3>>>(b, "w");
    b.output(cleave::sum<N, C>(x * w).id);
  }
};
static_assert(cleave::printed<test::Traced<Scale>> == "%0 = input : f32[N4, C3] \"x\"\n"
                                                      "%1 = parameter : f32[C3] \"w\"\n"
                                                      "%2 = mul %0 %1 : f32[N4, C3]\n"
                                                      "%3 = sum %2 : f32[]\n"
                                                      "output %3\n");
static_assert(cleave::placements<Scale>[2] == cleave::Placement::sharded);
static_assert(cleave::placements<Scale>[3] == cleave::Placement::partial);
static_assert(cleave::placements<Scale>[4] == cleave::Placement::partial);

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
struct IntegerOperand : Evaluates {
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
