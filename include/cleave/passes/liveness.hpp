// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/graph/leaf.hpp>

namespace cleave::detail {

/// From which kernel to which each value is in memory. Kernels are counted as they run.
struct Liveness {
  Vector<int> step_of;  ///< the kernel that writes a node's value; -1 where none does
  Vector<int> last_use; ///< the last kernel that needs it; `steps` where it is a result, needed after the last one
  Vector<Id> first;     ///< of a kernel's root: the first node of its chain
  Vector<Id> next;      ///< the next node of the same chain, or no_id
  int steps = 0;
};

/// `root` is FusedGraph::root. Linear.
constexpr Liveness liveness(const GraphView& graph, const Id* root) {
  Liveness live;
  live.step_of = Vector<int>(graph.size, -1);
  live.last_use = Vector<int>(graph.size, -1);
  live.first = Vector<Id>(graph.size, no_id);
  live.next = Vector<Id>(graph.size, no_id);
  for (Id id = graph.size - 1; id >= 0; --id) {
    if (root[id] != no_id) {
      live.next[id] = live.first[root[id]];
      live.first[root[id]] = id;
    }
  }
  for (Id id = 0; id < graph.size; ++id) {
    if (root[id] != id) {
      continue;
    }
    const int step = live.steps++;
    live.step_of[id] = live.last_use[id] = step;
    for (Id member = live.first[id]; member != no_id; member = live.next[member]) {
      const Node& node = graph[member];
      for (int k = 0; k < node.operand_count; ++k) {
        if (root[node.operands[k]] != id) {
          live.last_use[node.operands[k]] = step;
        }
      }
    }
  }
  for (int i = 0; i < graph.result_count; ++i) {
    live.last_use[graph.results[i].node] = live.steps;
  }
  return live;
}

} // namespace cleave::detail
