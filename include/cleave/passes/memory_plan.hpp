// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/graph/kernel.hpp>
#include <cleave/passes/arena_layout.hpp>
#include <cleave/passes/fuse.hpp>
#include <cleave/passes/liveness.hpp>

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

/// Plans one device's memory.
class MemoryPlanner {
public:
  constexpr MemoryPlanner(const GraphView& graph, const Id* root, Location* at, extent* arena_bytes)
      : graph_(graph),
        root_(root),
        at_(at),
        arena_bytes_(arena_bytes),
        live_(liveness(graph, root)),
        gradient_of_(graph.size, no_id),
        in_gradients_(graph.size, false),
        block_of_(graph.size, -1) {}

  /// Returns the bound of the activations.
  constexpr extent run() {
    place_leaves();
    for (Id id = 0; id < graph_.size; ++id) {
      if (root_[id] == id) {
        choose_block(id);
      }
    }
    return place_blocks();
  }

private:
  constexpr void place(Id id, ArenaId arena) {
    extent& top = arena_bytes_[static_cast<int>(arena)];
    at_[id] = {top, arena};
    top += padded(graph_[id].bytes());
  }

  /// Parameters and gradients lie in the order gradients are completed (last layer first), inputs in order.
  constexpr void place_leaves() {
    for (int i = 0; i < graph_.result_count; ++i) {
      const Result& result = graph_.results[i];
      if (result.role == Role::gradient) {
        in_gradients_[result.node] = true;
        gradient_of_[result.of] = result.node;
      }
    }
    for (Id id = graph_.size - 1; id >= 0; --id) {
      if (is_op<ParameterLeaf>(graph_[id])) {
        place(id, ArenaId::parameters);
        if (gradient_of_[id] != no_id) {
          place(gradient_of_[id], ArenaId::gradients);
        }
      }
    }
    for (Id id = 0; id < graph_.size; ++id) {
      const Node& node = graph_[id];
      if (is_op<InputLeaf>(node) || is_op<BatchRowsLeaf>(node) || is_op<RandomKeyLeaf>(node)) {
        place(id, ArenaId::inputs);
      } else if (is_op<AccumulatedLeaf>(node)) {
        at_[id] = at_[gradient_of_[node.attributes.of]];
      }
    }
  }

  /// A chain takes the place of an operand that dies in it. A gradient cannot move; there the operand is computed in
  /// the gradient's place from the start, unless the old gradient is still to be added.
  constexpr void choose_block(Id id) {
    const Node& node = graph_[id];
    const int step = live_.step_of[id];
    Id replaced = no_id;
    bool reads_old_gradient = false;
    for (Id member = live_.first[id]; node.op->kind == OpKind::elementwise && member != no_id;
         member = live_.next[member]) {
      for (int k = 0; k < graph_[member].operand_count; ++k) {
        const Id operand = graph_[member].operands[k];
        reads_old_gradient = reads_old_gradient || is_op<AccumulatedLeaf>(graph_[operand]);
        const bool dies_here = root_[operand] == operand && operand != id && live_.last_use[operand] == step &&
                               graph_[operand].dims == node.dims && graph_[operand].dtype == node.dtype;
        replaced = dies_here ? operand : replaced;
      }
    }
    if (in_gradients_[id] && reads_old_gradient) {
      replaced = no_id;
    }
    const int end = live_.last_use[id] < live_.steps ? live_.last_use[id] : live_.steps - 1;
    if (replaced != no_id) {
      block_of_[id] = block_of_[replaced];
      blocks_[block_of_[id]].end = end;
    } else {
      block_of_[id] = blocks_.size();
      blocks_.push_back({padded(node.bytes()), step, end});
      fixed_.push_back(no_id);
    }
    if (in_gradients_[id]) {
      fixed_[block_of_[id]] = id;
    }
  }

  constexpr extent place_blocks() {
    Vector<Block> movable;
    Vector<int> position(blocks_.size(), -1);
    for (int i = 0; i < blocks_.size(); ++i) {
      if (fixed_[i] == no_id) {
        position[i] = movable.size();
        movable.push_back(blocks_[i]);
      }
    }
    Vector<extent> offsets(movable.size(), 0);
    const extent bound = live_bound(movable, live_.steps);
    arena_bytes_[static_cast<int>(ArenaId::activations)] = lay_out(movable, live_.steps, bound, offsets);
    for (Id id = 0; id < graph_.size; ++id) {
      const int block = block_of_[id];
      if (block >= 0) {
        at_[id] =
            fixed_[block] == no_id ? Location{offsets[position[block]], ArenaId::activations} : at_[fixed_[block]];
      }
    }
    return bound;
  }

  GraphView graph_;
  const Id* root_;
  Location* at_;
  extent* arena_bytes_;
  Liveness live_;
  Vector<Id> gradient_of_;
  Vector<bool> in_gradients_;
  Vector<int> block_of_;
  Vector<Block> blocks_;
  Vector<Id> fixed_; // of a block: the gradient in whose place it lies, or no_id
};

/// Lays parameters and gradients out in the order gradients are completed, inputs in order, and activations by
/// lifetime: a chain in place of an operand that dies in it, then the best of the layouts that `lay_out` knows.
/// n log n in the nodes. `verify_memory` says what holds of the result.
template <int Nodes>
constexpr MemoryPlan<Nodes> memory_plan(const GraphView& graph, const FusedGraph<Nodes>& fused) {
  MemoryPlan<Nodes> plan;
  plan.activation_bound = MemoryPlanner(graph, fused.root, plan.at, plan.arena_bytes).run();
  return plan;
}

} // namespace detail
} // namespace cleave
