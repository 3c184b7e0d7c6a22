// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/ops/elementwise_op.hpp>

namespace cleave {

/// x, and nothing flows back
struct BlockGrad : ElementwiseOp {
  static constexpr FixedString name = "block_grad";
  static constexpr Linearity linearity = Linearity::joint;
  static constexpr Algebra algebra{.copies = true};
  static constexpr bool takes_integers = true;
  static constexpr bool stops_gradient = true;
  static constexpr double flops = 0;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T x) {
    return x;
  }
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
};
template <operand X>
constexpr auto block_grad(const X& x) {
  return apply<BlockGrad>(x);
}

/// x in memory of its own, or spread along axes it lacks (its shape is then given, not inferred)
struct Copy : ElementwiseOp {
  static constexpr FixedString name = "copy";
  static constexpr Linearity linearity = Linearity::joint;
  static constexpr Algebra algebra{.copies = true};
  static constexpr bool takes_integers = true;
  static constexpr double flops = 0;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T x) {
    return x;
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy}; }
  // Spread along the batch axis, a whole value becomes each device's rows; an addend cannot.
  static constexpr Placed place(const PlaceRequest& at) {
    const Placement x = at.operand(0);
    if (!at.at().dims.has(batch_axis) || at.dims_of_operand(0).has(batch_axis)) {
      return {x, Rule::none};
    }
    return {Placement::sharded, x == Placement::replicated ? Rule::none : Rule::nonlinear_partial};
  }
};

} // namespace cleave

CLEAVE_OP(cleave::BlockGrad)
CLEAVE_OP(cleave::Copy)
