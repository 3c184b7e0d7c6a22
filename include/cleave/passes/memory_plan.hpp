// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/graph/kernel.hpp>
#include <cleave/graph/leaf.hpp>
#include <cleave/passes/fuse.hpp>

namespace cleave {

/// Where every value of one device's program lies, and what that costs. Sizes in bytes.
template <int Nodes>
struct MemoryPlan {
  Location at[Nodes > 0 ? Nodes : 1]{};
  extent arena_bytes[arena_count]{};
  /// No plan needs less for activations: the most that is alive at one kernel.
  extent activation_bound = 0;
};

namespace detail {

constexpr extent padded(extent bytes) {
  constexpr auto unit = static_cast<extent>(alignment);
  return (bytes + unit - 1) / unit * unit;
}

/// Lays parameters and gradients out in the order gradients are completed (last layer first), inputs in order, and
/// activations by lifetime: first fit among the blocks alive, a chain in place of an operand that dies in it.
template <int Nodes>
constexpr MemoryPlan<Nodes> memory_plan(const GraphView& graph, const FusedGraph<Nodes>& fused) {
  MemoryPlan<Nodes> plan;
  const auto place = [&plan](Id id, ArenaId arena, extent bytes) {
    extent& top = plan.arena_bytes[static_cast<int>(arena)];
    plan.at[id] = {top, arena};
    top += padded(bytes);
  };
  constexpr int forever = 1 << 30;
  Vector<int> last_use(graph.size, -1); // step after which a value is dead
  Vector<bool> in_gradients(graph.size, false);
  Vector<Id> gradient_of(graph.size, no_id);
  for (int i = 0; i < graph.result_count; ++i) {
    const Result& result = graph.results[i];
    last_use[result.node] = forever;
    if (result.role == Role::gradient) {
      in_gradients[result.node] = true;
      gradient_of[result.of] = result.node;
    }
  }
  for (Id id = graph.size - 1; id >= 0; --id) {
    const Node& node = graph[id];
    if (is_op<ParameterLeaf>(node)) {
      place(id, ArenaId::parameters, node.bytes());
      if (gradient_of[id] != no_id) {
        place(gradient_of[id], ArenaId::gradients, node.bytes());
      }
    }
  }
  for (Id id = 0; id < graph.size; ++id) {
    const Node& node = graph[id];
    if (is_op<InputLeaf>(node) || is_op<BatchRowsLeaf>(node)) {
      place(id, ArenaId::inputs, node.bytes());
    } else if (is_op<AccumulatedLeaf>(node)) {
      plan.at[id] = plan.at[gradient_of[node.attributes.of]];
    }
  }

  Vector<int> step_of(graph.size, -1);
  int steps = 0;
  for (Id id = 0; id < graph.size; ++id) {
    if (fused.root[id] == id) {
      step_of[id] = steps++;
    }
  }
  for (Id id = 0; id < graph.size; ++id) {
    const Node& node = graph[id];
    const Id root = fused.root[id];
    for (int k = 0; k < node.operand_count; ++k) {
      const Id operand = node.operands[k];
      if (root != no_id && fused.root[operand] == operand && last_use[operand] < step_of[root]) {
        last_use[operand] = step_of[root];
      }
    }
  }

  struct Block {
    extent begin = 0;
    extent bytes = 0;
    Id owner = no_id;
  };
  Vector<Block> alive; // by begin
  extent& peak = plan.arena_bytes[static_cast<int>(ArenaId::activations)];
  for (Id id = 0; id < graph.size; ++id) {
    if (fused.root[id] != id) {
      continue;
    }
    const int step = step_of[id];
    const Node& node = graph[id];
    extent live_bytes = 0;
    int kept = 0;
    for (const Block& block : alive) {
      if (last_use[block.owner] >= step) {
        live_bytes += block.bytes;
        alive[kept++] = block;
      }
    }
    alive.resize_down(kept);
    if (!in_gradients[id]) {
      const extent bytes = padded(node.bytes());
      Block* reused = nullptr;
      if (node.op->kind == OpKind::elementwise) {
        for (Block& block : alive) {
          const Node& other = graph[block.owner];
          if (reused == nullptr && last_use[block.owner] == step && other.dims == node.dims &&
              other.dtype == node.dtype) {
            reused = &block;
          }
        }
      }
      if (reused != nullptr) {
        reused->owner = id;
        plan.at[id] = {reused->begin, ArenaId::activations};
      } else {
        extent begin = 0;
        int at = 0;
        while (at < alive.size() && alive[at].begin < begin + bytes) {
          begin = alive[at].begin + alive[at].bytes;
          ++at;
        }
        alive.insert(at, {begin, bytes, id});
        plan.at[id] = {begin, ArenaId::activations};
        live_bytes += bytes;
        peak = begin + bytes > peak ? begin + bytes : peak;
      }
    }
    plan.activation_bound = live_bytes > plan.activation_bound ? live_bytes : plan.activation_bound;
  }
  return plan;
}

/// What a device's program costs to run once.
struct PlanCost {
  int kernels = 0;
  double flops = 0;
  double bytes_read = 0;
  double bytes_written = 0;
};

template <int Nodes>
constexpr PlanCost plan_cost(const GraphView& graph, const FusedGraph<Nodes>& fused) {
  PlanCost cost;
  cost.kernels = fused.kernels;
  Vector<Id> read_by(graph.size, no_id); // the last kernel that was charged for reading a value
  for (Id id = 0; id < graph.size; ++id) {
    const Node& node = graph[id];
    const Id root = fused.root[id];
    if (root == no_id) {
      continue;
    }
    cost.flops += node.op->count_flops != nullptr ? node.op->count_flops(graph, id)
                                                  : node.op->flops * static_cast<double>(node.dims.size());
    if (root == id) {
      cost.bytes_written += static_cast<double>(node.bytes());
    }
    for (int k = 0; k < node.operand_count; ++k) {
      const Id operand = node.operands[k];
      const bool in_memory = fused.root[operand] != root && !is_op<NumberLeaf>(graph[operand]);
      if (in_memory && read_by[operand] != root) {
        read_by[operand] = root;
        cost.bytes_read += static_cast<double>(graph[operand].bytes());
      }
    }
  }
  return cost;
}

} // namespace detail
} // namespace cleave
