// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/graph/kernel.hpp>
#include <cleave/graph/leaf.hpp>
#include <cleave/passes/fuse.hpp>

namespace cleave {

/// Where every value of one device's program lies, and what that costs. Sizes in bytes.
template <int Nodes>
struct MemoryPlan {
  Location at[detail::room_for(Nodes)]{};
  extent arena_bytes[arena_count]{};
  /// No plan needs less for activations: the most that is alive at one kernel.
  extent activation_bound = 0;
};

namespace detail {

constexpr extent padded(extent bytes) {
  constexpr auto unit = static_cast<extent>(alignment);
  return (bytes + unit - 1) / unit * unit;
}

/// One arena's free space: first fit, gaps that touch are joined.
class Blocks {
public:
  constexpr extent take(extent bytes) {
    for (int i = 0; i < gaps_.size(); ++i) {
      if (gaps_[i].bytes >= bytes) {
        const extent begin = gaps_[i].begin;
        gaps_[i].begin += bytes;
        gaps_[i].bytes -= bytes;
        if (gaps_[i].bytes == 0) {
          gaps_.erase(i);
        }
        return begin;
      }
    }
    const int last = gaps_.size() - 1;
    if (last >= 0 && gaps_[last].begin + gaps_[last].bytes == size_) { // grow the gap at the end
      const extent begin = gaps_[last].begin;
      gaps_.erase(last);
      size_ = begin + bytes;
      return begin;
    }
    size_ += bytes;
    return size_ - bytes;
  }
  constexpr void release(extent begin, extent bytes) {
    int at = gaps_.size();
    while (at > 0 && gaps_[at - 1].begin > begin) {
      --at;
    }
    gaps_.insert(at, {begin, bytes});
    if (at + 1 < gaps_.size() && begin + bytes == gaps_[at + 1].begin) {
      gaps_[at].bytes += gaps_[at + 1].bytes;
      gaps_.erase(at + 1);
    }
    if (at > 0 && gaps_[at - 1].begin + gaps_[at - 1].bytes == begin) {
      gaps_[at - 1].bytes += gaps_[at].bytes;
      gaps_.erase(at);
    }
  }
  [[nodiscard]] constexpr extent size() const { return size_; }

private:
  struct Gap {
    extent begin = 0;
    extent bytes = 0;
  };
  Vector<Gap> gaps_; // by begin
  extent size_ = 0;
};

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

  Blocks blocks;
  extent live = 0;
  Vector<Id> expiring(steps, no_id); // values by the step after which they are dead, as linked lists
  Vector<Id> next(graph.size, no_id);
  Vector<bool> handed_over(graph.size, false);
  const ChainStarts<Nodes> starts = chain_starts(fused);
  for (Id id = 0; id < graph.size; ++id) {
    if (fused.root[id] != id) {
      continue;
    }
    const Node& node = graph[id];
    const int step = step_of[id];
    for (Id dead = step > 0 ? expiring[step - 1] : no_id; dead != no_id; dead = next[dead]) {
      if (!handed_over[dead]) {
        blocks.release(plan.at[dead].offset, padded(graph[dead].bytes()));
        live -= padded(graph[dead].bytes());
      }
    }
    if (!in_gradients[id]) {
      const auto dies_here = [&](Id operand) {
        const Node& other = graph[operand];
        return fused.root[operand] == operand && last_use[operand] == step && !in_gradients[operand] &&
               !handed_over[operand] && other.dims == node.dims && other.dtype == node.dtype;
      };
      Id replaced = no_id;
      for (Id member = starts.first[id]; node.op->kind == OpKind::elementwise && member <= id; ++member) {
        for (int k = 0; fused.root[member] == id && k < graph[member].operand_count; ++k) {
          replaced = dies_here(graph[member].operands[k]) ? graph[member].operands[k] : replaced;
        }
      }
      if (replaced != no_id) {
        handed_over[replaced] = true;
        plan.at[id] = plan.at[replaced];
      } else {
        plan.at[id] = {blocks.take(padded(node.bytes())), ArenaId::activations};
        live += padded(node.bytes());
      }
      const int last = last_use[id] < step ? step : last_use[id];
      if (last < steps) {
        next[id] = expiring[last];
        expiring[last] = id;
      }
    }
    plan.activation_bound = live > plan.activation_bound ? live : plan.activation_bound;
  }
  plan.arena_bytes[static_cast<int>(ArenaId::activations)] = blocks.size();
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
