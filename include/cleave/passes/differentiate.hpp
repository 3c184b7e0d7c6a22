// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/ops/reduce.hpp>

namespace cleave {

/// What a program wants to know about an input or a parameter.
enum class GradientRequest : unsigned char {
  none,  ///< nothing: no memory, no work
  write, ///< the gradient of the last backward pass
  add,   ///< the sum over backward passes, until it is cleared
};

namespace detail {

/// Reverse-mode differentiation: appends the derivatives of every requested leaf and lists them as results. The
/// seeds are the loss heads among the outputs, and 1 for a scalar output; derivatives are of the sum over rows.
/// `request(name, is_parameter)` says what is wanted. Near-linear: one visit a node, from the last to the first.
template <class Request>
constexpr GraphBuffer differentiate(const GraphView& graph, Request request) {
  Builder builder(graph);
  if (graph.fault) {
    return builder.graph();
  }
  const int forward = graph.size;
  Vector<GradientRequest> wanted(forward, GradientRequest::none);
  Vector<bool> needed(forward, false);
  for (Id id = 0; id < forward; ++id) {
    const Node& node = graph[id];
    if (is_op<ParameterLeaf>(node) || is_op<InputLeaf>(node)) {
      wanted[id] = request(node.name, is_op<ParameterLeaf>(node));
      needed[id] = wanted[id] != GradientRequest::none;
    }
    if (node.op->kind != OpKind::leaf && !node.op->stops_gradient) {
      for (int k = 0; k < node.operand_count; ++k) {
        needed[id] = needed[id] || needed[node.operands[k]];
      }
    }
  }

  struct Adjoint {
    Id cotangent = no_id;
    Normaliser normaliser = Normaliser::unset;
    bool flows = false; // a head may flow without a cotangent
  };
  Vector<Adjoint> adjoints(forward);
  Id count = no_id;
  for (int i = 0; i < graph.result_count; ++i) {
    if (graph.results[i].role != Role::output) {
      continue;
    }
    const Id id = graph.results[i].node;
    const Node& node = graph[id];
    if (node.op->is_head) {
      adjoints[id].flows = true;
    } else if (needed[id] && node.dims.rank == 0) {
      adjoints[id] = {builder.number(1, node.dtype).id, Normaliser::unset, true};
    } else if (needed[id] && !node.op->stops_gradient) {
      builder.report({Rule::head_missing, node.op->name, node.name, '\0', node.dims, {}});
    }
  }

  for (Id id = forward - 1; id >= 0; --id) {
    const Node node = builder[id];
    if (!adjoints[id].flows || !needed[id] || node.op->kind == OpKind::leaf) {
      continue;
    }
    const Adjoint adjoint = adjoints[id];
    const Value dy = adjoint.cotangent == no_id ? Value{} : Value{&builder, adjoint.cotangent};
    const Cotangents back = node.op->vjp({&builder, node, {&builder, id}, dy});
    if (dy && !back.flows()) {
      builder.report({Rule::no_derivative, node.op->name, node.name, '\0', node.dims, {}});
    }
    if (back.count) {
      if (count != no_id && count != back.count.id) {
        builder.report({Rule::heads_disagree, node.op->name, "", '\0', node.dims, {}});
      }
      count = back.count.id;
    }
    for (int k = 0; k < node.operand_count; ++k) {
      const Id to = node.operands[k];
      if (!needed[to] || !back.operands[k]) {
        continue;
      }
      const Value dx = fit_to(back.operands[k], builder[to].dims);
      const Normaliser normaliser = back.normaliser == Normaliser::unset ? adjoint.normaliser : back.normaliser;
      Adjoint& sum = adjoints[to];
      if (sum.flows && sum.normaliser != normaliser) {
        builder.report({Rule::heads_disagree, node.op->name, "", '\0', node.dims, {}});
      }
      sum.cotangent = sum.cotangent == no_id ? dx.id : (Value{&builder, sum.cotangent} + dx).id;
      sum.normaliser = normaliser;
      sum.flows = true;
    }
  }

  GraphBuffer& out = builder.graph();
  out.forward_size = forward;
  for (Id id = 0; id < forward; ++id) {
    if (wanted[id] == GradientRequest::none) {
      continue;
    }
    const Node leaf = builder[id];
    const bool is_parameter = is_op<ParameterLeaf>(leaf);
    if (adjoints[id].cotangent == no_id) {
      builder.report({Rule::gradient_missing, leaf.op->name, leaf.name, '\0', leaf.dims, {}});
      continue;
    }
    const Normaliser normaliser =
        adjoints[id].normaliser == Normaliser::unset ? Normaliser::none : adjoints[id].normaliser;
    if (out.normaliser != Normaliser::unset && out.normaliser != normaliser) {
      builder.report({Rule::heads_disagree, leaf.op->name, leaf.name, '\0', leaf.dims, {}});
    }
    out.normaliser = normaliser;
    Value gradient{&builder, adjoints[id].cotangent};
    if (wanted[id] == GradientRequest::add) {
      Node before;
      before.op = &rule<AccumulatedLeaf>;
      before.dims = leaf.dims;
      before.dtype = leaf.dtype;
      before.attributes.of = id;
      gradient = Value{&builder, builder.push(before)} + gradient;
    }
    out.results.push_back({is_parameter ? Role::gradient : Role::input_gradient, gradient.id, id});
  }
  if (count != no_id) {
    out.results.push_back({Role::normaliser, count, no_id});
  }
  return out;
}

} // namespace detail
} // namespace cleave
