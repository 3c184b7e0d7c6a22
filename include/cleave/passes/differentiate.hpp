// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/passes/reverse_walk.hpp>

namespace cleave {

/// What a program wants to know about an input or a parameter.
enum class GradientRequest : unsigned char {
  none,  ///< nothing: no memory, no work
  write, ///< the gradient of the last backward pass
  add,   ///< the sum over backward passes, until it is cleared
};

namespace detail {

/// Starts a walk at the outputs: heads flow by themselves, a scalar starts with 1.
constexpr void seed_outputs(ReverseWalk& walk, const GraphView& graph) {
  Builder& builder = walk.builder();
  for (int i = 0; i < graph.result_count; ++i) {
    if (graph.results[i].role != Role::output) {
      continue;
    }
    const Id id = graph.results[i].node;
    const Node& node = graph[id];
    if (node.op->is_head) {
      walk[id].flows = true;
    } else if (walk.needs(id) && node.dims.rank == 0) {
      walk[id] = {builder.number(1, node.dtype).id, Normaliser::none, true};
    } else if (walk.needs(id) && !node.op->stops_gradient) {
      builder.report({Rule::head_missing, node.op->name, node.name, '\0', node.dims, {}});
    }
  }
}

/// Reverse-mode differentiation: appends the derivatives of every requested leaf and lists them as results. The
/// seeds are the loss heads among the outputs, and 1 for a scalar output; derivatives are of the sum over rows.
/// `request(name, is_parameter)` says what is wanted. The program may contain derivatives itself (see `gradient`).
/// Near-linear: one visit a node, from the last to the first.
template <class Request>
constexpr GraphBuffer differentiate(const GraphView& graph, Request request) {
  Builder builder(graph);
  if (graph.fault) {
    return builder.graph();
  }
  const int forward = graph.size;
  Vector<GradientRequest> wanted(forward, GradientRequest::none);
  ReverseWalk walk(builder, forward);
  for (Id id = 0; id < forward; ++id) {
    const Node& node = graph[id];
    if (is_op<ParameterLeaf>(node) || is_op<InputLeaf>(node)) {
      wanted[id] = request(node.name, is_op<ParameterLeaf>(node));
    }
    walk.mark(id, wanted[id] != GradientRequest::none);
  }
  seed_outputs(walk, graph);
  walk.run(0);

  GraphBuffer& out = builder.graph();
  out.forward_size = forward;
  for (Id id = 0; id < forward; ++id) {
    if (wanted[id] == GradientRequest::none) {
      continue;
    }
    const Node leaf = builder[id];
    const bool is_parameter = is_op<ParameterLeaf>(leaf);
    const Adjoint& adjoint = walk[id];
    if (adjoint.cotangent == no_id) {
      builder.report({Rule::gradient_missing, leaf.op->name, leaf.name, '\0', leaf.dims, {}});
      continue;
    }
    const Normaliser normaliser = adjoint.normaliser == Normaliser::unset ? Normaliser::none : adjoint.normaliser;
    if (out.normaliser != Normaliser::unset && out.normaliser != normaliser) {
      builder.report({Rule::heads_disagree, leaf.op->name, leaf.name, '\0', leaf.dims, {}});
    }
    out.normaliser = normaliser;
    Value gradient{&builder, adjoint.cotangent};
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
  if (walk.count() != no_id) {
    out.results.push_back({Role::normaliser, walk.count(), no_id});
  }
  return out;
}

} // namespace detail
} // namespace cleave
