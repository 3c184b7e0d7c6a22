// SPDX-License-Identifier: Apache-2.0
// The leaves of every graph: what comes from outside. They are grammar, not operations: nothing computes them.
#pragma once

#include <cleave/graph/op_rule.hpp>

namespace cleave {
namespace detail {

struct Leaf {
  static constexpr OpKind kind = OpKind::leaf;
  static constexpr Linearity linearity = Linearity::none;
  static constexpr bool is_head = false;
  static constexpr bool stops_gradient = true;
  static constexpr double flops = 0;
  static constexpr Algebra algebra{};
  static constexpr const OpRule* (*with_negated_right)() = nullptr;
  static constexpr void infer(Inference& /*at*/) {}
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
  static constexpr Placed place(const PlaceRequest& /*at*/) { return {Placement::replicated, Rule::none}; }
  static constexpr KernelCall (*lower)(const GraphView&, Id) = nullptr;
  static constexpr double count_flops(const GraphView& /*graph*/, Id /*id*/) { return 0; }
};

} // namespace detail

/// Data, labels and states: sharded where they have the batch axis.
struct InputLeaf : detail::Leaf {
  static constexpr FixedString name = "input";
  static constexpr Placed place(const PlaceRequest& at) {
    return {at.at().dims.has(batch_axis) ? Placement::sharded : Placement::replicated, Rule::none};
  }
};

/// A parameter: one replica a device.
struct ParameterLeaf : detail::Leaf {
  static constexpr FixedString name = "parameter";
};

/// A number, `attributes.number`.
struct NumberLeaf : detail::Leaf {
  static constexpr FixedString name = "number";
};

/// Rows of the whole batch, over all devices: a scalar written by whoever runs the program.
struct BatchRowsLeaf : detail::Leaf {
  static constexpr FixedString name = "batch_rows";
};

/// What random layers depend on: `words` whole numbers, the seed, the number of the pass and the device's first row in
/// the whole batch; written by whoever runs the program.
struct RandomKeyLeaf : detail::Leaf {
  static constexpr FixedString name = "random_key";
  static constexpr extent words = 3;
  static constexpr Placed place(const PlaceRequest& /*at*/) { return {Placement::per_device, Rule::none}; }
};

/// What a gradient buffer held before: the addend of request "add". `attributes.of` is the parameter.
struct AccumulatedLeaf : detail::Leaf {
  static constexpr FixedString name = "accumulated";
  static constexpr Placed place(const PlaceRequest& /*at*/) { return {Placement::partial, Rule::none}; }
};

constexpr Value Builder::number(double value, DType dtype) {
  Node node;
  node.op = &rule<NumberLeaf>;
  node.dtype = dtype;
  node.attributes.number = value;
  return {this, push(node)};
}

} // namespace cleave
