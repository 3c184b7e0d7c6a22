// SPDX-License-Identifier: Apache-2.0
// Which nodes run in one loop.
#include "support/programs.hpp"

namespace {

using cleave::Builder, cleave::Shape;
using cleave::axes::C;
using test::Batch, test::Evaluates, test::input, test::parameter;

// One chain, its leaves the input and the bias, whatever the rows
struct OneChain : Evaluates {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    const auto w = parameter<Shape<C<3>>>(b, "w");
    b.output(tanh(relu(x * 2 + w)).id);
  }
};
static_assert(cleave::fused<OneChain>.kernels == 1);

// A value that is an output as well is written once and read by the rest.
struct Shared : Evaluates {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    const auto y = relu(x);
    b.output(y.id);
    b.output(tanh(y).id);
  }
};
static_assert(cleave::fused<Shared>.kernels == 2);

// An output that is an input, or another output, is copied in the forward pass.
struct Passes : Evaluates {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    b.output(x.id);
    b.output(x.id);
  }
};
static_assert(cleave::fused<Passes>.kernels == 2);
static_assert(cleave::fused<Passes>.forward_kernels == 2);

} // namespace
