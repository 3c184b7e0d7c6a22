// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/graph/leaf.hpp>
#include <cleave/tensor/apply.hpp>

namespace cleave {

/// What most operations share; an operation's struct overrides what differs.
struct OpDefaults {
  static constexpr Linearity linearity = Linearity::none;
  static constexpr bool is_head = false;
  static constexpr bool stops_gradient = false;
  static constexpr double flops = 1;
  static constexpr double count_flops(const GraphView& graph, Id id) {
    return graph[id].op->flops * static_cast<double>(graph[id].dims.size());
  }
  static constexpr Algebra algebra{};
  static constexpr const OpRule* (*with_negated_right)() = nullptr;
  /// No derivative: such an operation cannot lie between a parameter and a loss.
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
};

namespace detail {

/// Placement of an operation that treats elements by themselves, from what it is linear in.
constexpr Placed place_elementwise(const PlaceRequest& at) {
  const Node& node = at.at();
  int partial = 0;
  Placement result = Placement::replicated;
  for (int i = 0; i < node.operand_count; ++i) {
    const Placement operand = at.operand(i);
    partial += operand == Placement::partial ? 1 : 0;
    if (operand == Placement::sharded || operand == Placement::per_device) {
      result = operand;
    }
  }
  if (partial == 0) {
    return {result, Rule::none};
  }
  const bool others_whole = result == Placement::replicated;
  switch (node.op->linearity) {
  case Linearity::joint:
    return {Placement::partial, partial == node.operand_count ? Rule::none : Rule::partial_meets_other};
  case Linearity::each:
    return {Placement::partial, partial == 1 && others_whole ? Rule::none : Rule::nonlinear_partial};
  case Linearity::first:
    return {Placement::partial,
            partial == 1 && at.operand(0) == Placement::partial && others_whole ? Rule::none : Rule::nonlinear_partial};
  case Linearity::last:
    return {Placement::partial, partial == 1 && at.operand(node.operand_count - 1) == Placement::partial && others_whole
                                    ? Rule::none
                                    : Rule::nonlinear_partial};
  case Linearity::none:
    break;
  }
  return {Placement::partial, Rule::nonlinear_partial};
}

/// The element type of a result: its operands', all the same and floating.
constexpr void infer_dtype(Inference& at) {
  at.dtype = at.operands[0]->dtype;
  for (int i = 0; i < at.operand_count; ++i) {
    const Node& operand = *at.operands[i];
    if (operand.dtype != at.dtype) {
      at.fault = {Rule::dtypes_differ, "", operand.name, '\0', at.operands[0]->dims, operand.dims};
    } else if (!is_floating(operand.dtype)) {
      at.fault = {Rule::dtype_unsupported, "", operand.name, '\0', operand.dims, {}};
    }
  }
}

/// Shape of an elementwise result: the operand into which all others broadcast by name.
constexpr void infer_elementwise(Inference& at) {
  int largest = 0;
  for (int i = 1; i < at.operand_count; ++i) {
    if (at.operands[i]->dims.rank > at.operands[largest]->dims.rank) {
      largest = i;
    }
  }
  at.dims = at.operands[largest]->dims;
  infer_dtype(at);
  for (int i = 0; i < at.operand_count; ++i) {
    if (!broadcasts_to(at.operands[i]->dims, at.dims)) {
      at.fault = {Rule::shapes_differ, "", "", '\0', at.dims, at.operands[i]->dims};
    }
  }
}

} // namespace detail

/// Base of operations on elements: `static T apply(T...)` for host and device, `vjp` for the derivative.
struct ElementwiseOp : OpDefaults {
  static constexpr OpKind kind = OpKind::elementwise;
  /// Whether tensors of integers may be its operands; in a model no operation takes them.
  static constexpr bool takes_integers = false;
  static constexpr void infer(Inference& at) { detail::infer_elementwise(at); }
  static constexpr Placed place(const PlaceRequest& at) { return detail::place_elementwise(at); }
  static constexpr KernelCall (*lower)(const GraphView&, Id) = nullptr;
};

} // namespace cleave
