// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/ops/elementwise.hpp>

namespace cleave::detail {

/// Removes nodes that no result needs. Inputs and parameters stay: they are the program's signature. Then gives every
/// result memory of its own: a result that is a leaf or another result as well is copied.
constexpr GraphBuffer dce(const GraphView& graph) {
  Vector<bool> live(graph.size, false);
  for (int i = 0; i < graph.result_count; ++i) {
    live[graph.results[i].node] = true;
  }
  for (Id id = graph.size - 1; id >= 0; --id) {
    const Node& node = graph[id];
    const bool named_leaf = node.op->kind == OpKind::leaf && node.is_named();
    live[id] = live[id] || named_leaf;
    if (live[id]) {
      for (int k = 0; k < node.operand_count; ++k) {
        live[node.operands[k]] = true;
      }
    }
  }
  GraphBuffer out;
  out.fault = graph.fault;
  out.normaliser = graph.normaliser;
  out.derived = graph.derived;
  out.nodes.reserve(graph.size);
  Vector<Id> moved(graph.size, no_id);
  Vector<bool> taken(graph.size + graph.result_count, false);
  const auto materialise = [&](bool outputs) {
    for (int i = 0; i < graph.result_count; ++i) {
      const Result& result = graph.results[i];
      if ((result.role == Role::output) != outputs) {
        continue;
      }
      Id node = moved[result.node];
      if (taken[node] || out.nodes[node].op->kind == OpKind::leaf) {
        Node copy;
        copy.op = &rule<Copy>;
        copy.operand_count = 1;
        copy.operands[0] = node;
        copy.dims = out.nodes[node].dims;
        copy.dtype = out.nodes[node].dtype;
        node = out.nodes.size();
        out.nodes.push_back(copy);
      }
      taken[node] = true;
      out.results.push_back({result.role, node, result.of == no_id ? no_id : moved[result.of]});
    }
  };
  const auto end_forward = [&] { // outputs are copied in the forward pass, gradients at the end
    materialise(true);
    out.forward_size = out.nodes.size();
  };
  for (Id id = 0; id < graph.size; ++id) {
    if (id == graph.forward_size) {
      end_forward();
    }
    if (!live[id]) {
      continue;
    }
    Node node = graph[id];
    for (int k = 0; k < node.operand_count; ++k) {
      node.operands[k] = moved[node.operands[k]];
    }
    if (node.attributes.of != no_id) {
      node.attributes.of = moved[node.attributes.of];
    }
    moved[id] = out.nodes.size();
    out.nodes.push_back(node);
  }
  if (graph.forward_size >= graph.size) {
    end_forward();
  }
  materialise(false);
  return out;
}

} // namespace cleave::detail
