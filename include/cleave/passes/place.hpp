// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/graph/leaf.hpp>

namespace cleave {

/// The placement of every node, and the first illegal one.
template <int Nodes>
struct Placements {
  Placement of[detail::room_for(Nodes)]{};
  Fault fault{};

  constexpr Placement operator[](Id id) const { return of[id]; }
};

namespace detail {

/// Derives every node's placement from its operands'. What cannot be proved is a fault: a nonlinear use of a partial
/// sum, a partial sum added to a whole value. `of` has room for every node.
constexpr Fault place(const GraphView& graph, Placement* of) {
  Fault fault = graph.fault;
  for (Id id = 0; id < graph.size; ++id) {
    const Node& node = graph[id];
    // An old gradient is what the one was that is added to it: addends, or the whole on every device.
    for (int k = 0; k < node.operand_count && node.operand_count == 2; ++k) {
      const Node& old = graph[node.operands[k]];
      if (is_op<AccumulatedLeaf>(old) && old.attributes.of != no_id &&
          of[node.operands[1 - k]] == Placement::replicated) {
        of[node.operands[k]] = Placement::replicated;
      }
    }
    Placed placed = node.op->place({graph, id, of});
    of[id] = placed.placement;
    // What has the batch axis has rows, and every device has its own.
    if (placed.broken == Rule::none && node.dims.has(batch_axis) && placed.placement == Placement::replicated) {
      placed.broken = Rule::batch_axis_mixed;
    }
    if (placed.broken != Rule::none && !fault) {
      fault = {placed.broken,
               node.op->name,
               node.name,
               batch_axis,
               node.operand_count > 0 ? graph[node.operands[0]].dims : node.dims,
               node.operand_count > 1 ? graph[node.operands[1]].dims : Dims{}};
    }
  }
  for (int i = 0; i < graph.result_count; ++i) {
    const Result& result = graph.results[i];
    const bool wrong = (result.role == Role::gradient && of[result.node] == Placement::sharded) ||
                       (result.role == Role::normaliser && of[result.node] != Placement::partial &&
                        of[result.node] != Placement::replicated);
    if (wrong && !fault) {
      fault = {Rule::gradient_not_partial,
               graph[result.node].op->name,
               result.of == no_id ? "" : graph[result.of].name,
               batch_axis,
               graph[result.node].dims,
               {}};
    }
  }
  return fault;
}

template <int Nodes>
constexpr Placements<Nodes> place(const GraphView& graph) {
  Placements<Nodes> placements;
  placements.fault = place(graph, placements.of);
  return placements;
}

} // namespace detail
} // namespace cleave
