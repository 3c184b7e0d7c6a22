// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/passes/memory_plan.hpp>

namespace cleave::detail {

/// Values in memory while a sweep walks over the kernels, by arena and offset.
class ValuesInMemory {
public:
  constexpr ValuesInMemory(const GraphView& graph, const Location* at) : graph_(graph), at_(at) {}

  /// Adds a value. Returns a value whose bytes it shares, or no_id.
  constexpr Id add(Id id) {
    int low = 0;
    int high = values_.size();
    while (low < high) {
      const int middle = (low + high) / 2;
      (before(values_[middle], id) ? low : high) = before(values_[middle], id) ? middle + 1 : middle;
    }
    values_.insert(low, id);
    // whatever it overlaps is its neighbour: those in the list share nothing with each other
    if (low > 0 && meet(values_[low - 1], id)) {
      return values_[low - 1];
    }
    return low + 1 < values_.size() && meet(id, values_[low + 1]) ? values_[low + 1] : no_id;
  }
  constexpr void remove(Id id) {
    for (int i = values_.size() - 1; i >= 0; --i) {
      if (values_[i] == id) {
        values_.erase(i);
        return;
      }
    }
  }

private:
  [[nodiscard]] constexpr bool before(Id a, Id b) const {
    return at_[a].arena != at_[b].arena ? at_[a].arena < at_[b].arena : at_[a].offset < at_[b].offset;
  }
  [[nodiscard]] constexpr bool meet(Id first, Id second) const {
    return at_[first].arena == at_[second].arena && at_[second].offset < at_[first].offset + graph_[first].bytes();
  }

  GraphView graph_;
  const Location* at_;
  Vector<Id> values_;
};

/// Whether the kernel of `root` may write over the operand `dying`: it reads each element before it writes it.
constexpr bool writes_in_place(const GraphView& graph, const Liveness& live, const Location* at, Id root, Id dying) {
  if (graph[root].op->kind != OpKind::elementwise || live.last_use[dying] != live.step_of[root] ||
      at[root].offset != at[dying].offset || !(graph[root].dims == graph[dying].dims)) {
    return false;
  }
  for (Id member = live.first[root]; member != no_id; member = live.next[member]) {
    for (int k = 0; k < graph[member].operand_count; ++k) {
      if (graph[member].operands[k] == dying) {
        return true;
      }
    }
  }
  return false;
}

/// What every plan must keep, checked in tests: each value lies inside its arena, on a cache line, and no two values
/// that are needed at the same kernel share a byte, but for a chain that writes over an operand that dies in it. Old
/// gradients that are still to be added to are needed from the start. Returns null, or what is wrong.
constexpr const char* verify_memory(const GraphView& graph, const Id* root, const Location* at,
                                    const extent* arena_bytes) {
  const Liveness live = liveness(graph, root);
  ValuesInMemory values(graph, at);
  Vector<Id> expiring(live.steps + 1, no_id);
  Vector<Id> next(graph.size, no_id);
  const auto expire = [&](Id id, int step) {
    next[id] = expiring[step];
    expiring[step] = id;
  };
  for (Id id = 0; id < graph.size; ++id) {
    const Node& node = graph[id];
    const bool leaf = node.op->kind == OpKind::leaf;
    if ((leaf && is_op<NumberLeaf>(node)) || (!leaf && root[id] != id)) {
      continue;
    }
    if (at[id].offset < 0 || at[id].offset % static_cast<extent>(alignment) != 0 ||
        at[id].offset + node.bytes() > arena_bytes[static_cast<int>(at[id].arena)]) {
      return "a value outside its arena, or not on a cache line";
    }
    if (leaf) {
      if (values.add(id) != no_id) {
        return "two leaves share memory";
      }
      if (is_op<AccumulatedLeaf>(node) && live.last_use[id] >= 0) {
        expire(id, live.last_use[id]);
      }
    }
  }
  for (Id id = 0; id < graph.size; ++id) {
    if (root[id] != id) {
      continue;
    }
    const int step = live.step_of[id];
    const Id met = values.add(id);
    if (met != no_id && !writes_in_place(graph, live, at, id, met)) {
      return "two values that are needed at the same time share memory";
    }
    expire(id, live.last_use[id]);
    for (Id dead = expiring[step]; dead != no_id; dead = next[dead]) {
      values.remove(dead);
    }
  }
  return nullptr;
}

template <int Nodes>
constexpr const char* verify_memory(const GraphView& graph, const FusedGraph<Nodes>& fused,
                                    const MemoryPlan<Nodes>& plan) {
  return verify_memory(graph, fused.root, plan.at, plan.arena_bytes);
}

} // namespace cleave::detail
