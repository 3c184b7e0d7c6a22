// SPDX-License-Identifier: Apache-2.0
// What kernels cost, by hand.
#include "support/programs.hpp"

namespace {

using cleave::Builder, cleave::Shape;
using cleave::axes::C, cleave::axes::N;
using test::Batch, test::Evaluates, test::input, test::Trains;

struct Deep : Evaluates {
  static constexpr void trace(Builder& b) {
    const cleave::Value x = input<Shape<N<4>, C<16>>>(b, "x").value();
    const cleave::Value w =
        b.leaf(&cleave::rule<cleave::ParameterLeaf>, "w", Shape<cleave::axes::O<16>, C<16>>::dims, cleave::DType::f32);
    cleave::Value y = x;
    for (int i = 0; i < 20; ++i) {
      y = cleave::Contract::make({0, 1, false, true}, y, w, "NC");
    }
    b.output(y.id);
  }
};
static_assert(cleave::cost<Deep, 4>.kernels == 20);
static_assert(cleave::cost<Deep, 4>.flops == 20 * 2. * 4 * 16 * 16);
static_assert(cleave::cost<Deep, 4>.bytes_written == 20 * 4. * 4 * 16);
static_assert(cleave::cost<Deep, 4>.bytes_read == 20 * 4. * (4 * 16 + 16 * 16));

struct Net : Trains {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    input<Shape<N<4>>>(b, "softmax_label");
    b.output(cleave::softmax_output<"softmax">(cleave::linear<"fc2", C<2>>(relu(cleave::linear<"fc1", C<5>>(x)))).id);
  }
};
constexpr auto& table = cleave::cost_table<Net, 4>;
constexpr bool is_named(int kernel, const char* name) {
  return cleave::detail::same_text(table.kernels[kernel].name, name);
}
static_assert(table.count == 12);
static_assert(is_named(0, "fwd.fc1.contract"));
static_assert(is_named(1, "fwd.fc1.add+relu"));
static_assert(is_named(2, "fwd.fc2.contract"));
static_assert(table.kernels[0].flops == 2. * 4 * 5 * 3);
static_assert(table.kernels[0].bytes_read == 4. * (4 * 3 + 5 * 3));
static_assert(table.kernels[0].bytes_written == 4. * 4 * 5);
static_assert(table.kernels[1].flops == 2. * 4 * 5);
static_assert(table.kernels[1].bytes_read == 4. * (4 * 5 + 5));
static_assert(table.kernels[1].intensity() == 40. / 180.);
static_assert(table.kernels[1].bound_by(0.1) == cleave::BoundBy::compute);
static_assert(table.kernels[1].bound_by(10) == cleave::BoundBy::memory);
static_assert(table.kernels[1].forward && !table.kernels[11].forward);

// The rows add up to the program.
constexpr bool sums_agree() {
  cleave::PlanCost sum;
  for (const cleave::KernelCost& kernel : table.kernels) {
    sum.kernels += 1;
    sum.flops += kernel.flops;
    sum.bytes_read += kernel.bytes_read;
    sum.bytes_written += kernel.bytes_written;
  }
  const cleave::PlanCost& whole = cleave::cost<Net, 4>;
  return sum.kernels == whole.kernels && sum.flops == whole.flops && sum.bytes_read == whole.bytes_read &&
         sum.bytes_written == whole.bytes_written && whole.kernels == cleave::fused<Net>.kernels;
}
static_assert(sums_agree());

} // namespace
