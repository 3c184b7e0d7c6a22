// SPDX-License-Identifier: Apache-2.0
// Rematerialisation: forward values that are cheap to compute are computed again in the backward pass, so that they
// need not be kept in between.
#pragma once

#include <cleave/passes/memory_plan.hpp>

namespace cleave::detail {

/// The bytes of all arenas together that a device plans for a graph.
constexpr extent planned_bytes(const GraphView& graph) {
  Vector<Id> roots(graph.size, no_id);
  Vector<Location> at(graph.size);
  extent arena_bytes[arena_count]{};
  fuse(graph, roots.begin());
  MemoryPlanner(graph, roots.begin(), at.begin(), arena_bytes).run();
  extent total = 0;
  for (const extent bytes : arena_bytes) {
    total += bytes;
  }
  return total;
}

/// Which forward elementwise values may be computed again, in which order it pays: nodes are cut into segments, and
/// segments are ranked.
class Recomputation {
public:
  constexpr explicit Recomputation(const GraphView& graph)
      : graph_(graph), segment_(graph.size, -1), needed_back_(graph.size, false), kept_(graph.size, false) {
    for (int i = 0; i < graph.result_count; ++i) {
      kept_[graph.results[i].node] = true;
    }
    for (Id id = graph.forward_size; id < graph.size; ++id) {
      for (int k = 0; k < graph[id].operand_count; ++k) {
        needed_back_[graph[id].operands[k]] = true;
      }
    }
    cut_segments();
    weigh_segments();
  }

  /// Writes each node's rank: 0 for the segment that costs fewest FLOPs a byte it frees; -1 where the value is kept.
  /// Returns the number of segments that free memory.
  constexpr int rank(int* ranks) {
    Vector<int> order;
    for (int i = 0; i < segments_.size(); ++i) {
      if (segments_[i].freed > 0) {
        order.push_back(i);
      }
    }
    sort(order, [this](int a, int b) {
      return segments_[a].flops * segments_[b].freed < segments_[b].flops * segments_[a].freed;
    });
    Vector<int> rank_of(segments_.size(), -1);
    for (int i = 0; i < order.size(); ++i) {
      rank_of[order[i]] = i;
    }
    for (Id id = 0; id < graph_.size; ++id) {
      ranks[id] = may_recompute(id) ? rank_of[segment_[id]] : -1;
    }
    return order.size();
  }

private:
  static constexpr int longest = 16; // nodes of a segment: bounds what is alive when it is computed again

  struct Segment {
    int nodes = 0;
    double flops = 0;
    double freed = 0; // bytes that need no longer be kept, less those that must be kept in their place
  };

  [[nodiscard]] constexpr bool may_recompute(Id id) const { return segment_[id] >= 0 && !kept_[id]; }

  /// A node joins the segment of its latest operand. What another segment reads is kept, so that segments do not need
  /// each other in the backward pass.
  constexpr void cut_segments() {
    for (Id id = 0; id < graph_.forward_size && id < graph_.size; ++id) {
      const Node& node = graph_[id];
      if (node.op->kind != OpKind::elementwise) {
        continue;
      }
      Id latest = no_id;
      for (int k = 0; k < node.operand_count; ++k) {
        const Id operand = node.operands[k];
        latest = segment_[operand] >= 0 && segments_[segment_[operand]].nodes < longest && operand > latest ? operand
                                                                                                            : latest;
      }
      if (latest == no_id) {
        segment_[id] = segments_.size();
        segments_.push_back({});
      } else {
        segment_[id] = segment_[latest];
      }
      segments_[segment_[id]].nodes += 1;
      for (int k = 0; k < node.operand_count; ++k) {
        const Id operand = node.operands[k];
        kept_[operand] = kept_[operand] || (segment_[operand] >= 0 && segment_[operand] != segment_[id]);
      }
    }
  }

  /// From the last node to the first: what is needed again makes its operands needed again, up to what is kept.
  constexpr void weigh_segments() {
    Vector<bool> again(graph_.size, false);
    Vector<int> counted(graph_.size, -1); // the segment that was charged for keeping a value
    for (Id id = graph_.forward_size - 1; id >= 0; --id) {
      if (!may_recompute(id) || !(needed_back_[id] || again[id])) {
        continue;
      }
      const Node& node = graph_[id];
      Segment& segment = segments_[segment_[id]];
      segment.flops += node.op->flops * static_cast<double>(node.dims.size());
      segment.freed += needed_back_[id] ? static_cast<double>(node.bytes()) : 0.;
      for (int k = 0; k < node.operand_count; ++k) {
        const Id operand = node.operands[k];
        if (may_recompute(operand)) {
          again[operand] = true;
        } else if (graph_[operand].op->kind != OpKind::leaf && !needed_back_[operand] &&
                   counted[operand] != segment_[id]) {
          counted[operand] = segment_[id];
          segment.freed -= static_cast<double>(graph_[operand].bytes());
        }
      }
    }
  }

  GraphView graph_;
  Vector<int> segment_; // -1: not elementwise, or not of the forward pass
  Vector<bool> needed_back_;
  Vector<bool> kept_;
  Vector<Segment> segments_;
};

/// A graph in which values of a low rank are computed again, each once and right before the first node of the backward
/// pass that needs it.
class Recomputed {
public:
  constexpr Recomputed(const GraphView& graph, const int* ranks, int count)
      : graph_(graph), ranks_(ranks), count_(count), moved_(graph.size, no_id), again_(graph.size, no_id) {}

  constexpr GraphBuffer run() {
    out_.fault = graph_.fault;
    out_.normaliser = graph_.normaliser;
    out_.derived = graph_.derived;
    out_.nodes.reserve(graph_.size);
    for (Id id = 0; id < graph_.size; ++id) {
      if (id == graph_.forward_size) {
        out_.forward_size = out_.nodes.size();
      }
      moved_[id] = push(id, id >= graph_.forward_size);
    }
    out_.forward_size = graph_.forward_size < graph_.size ? out_.forward_size : out_.nodes.size();
    for (int i = 0; i < graph_.result_count; ++i) {
      const Result& result = graph_.results[i];
      out_.results.push_back({result.role, moved_[result.node], result.of == no_id ? no_id : moved_[result.of]});
    }
    return static_cast<GraphBuffer&&>(out_);
  }

private:
  constexpr Id push(Id id, bool backward) {
    Node node = graph_[id];
    for (int k = 0; k < node.operand_count; ++k) {
      const Id operand = node.operands[k];
      const bool again = backward && ranks_[operand] >= 0 && ranks_[operand] < count_;
      if (again && again_[operand] == no_id) {
        again_[operand] = push(operand, true);
      }
      node.operands[k] = again ? again_[operand] : moved_[operand];
    }
    node.attributes.of = node.attributes.of == no_id ? no_id : moved_[node.attributes.of];
    out_.nodes.push_back(node);
    return out_.nodes.size() - 1;
  }

  GraphView graph_;
  const int* ranks_;
  int count_;
  Vector<Id> moved_;
  Vector<Id> again_;
  GraphBuffer out_;
};

/// In: a graph after cse (which would undo this pass), a Recomputation's ranks of it, and how many segments to choose.
/// Out: the graph with their values computed again. Every bit is kept: the same operations meet the same operands.
/// What only the backward pass still reads of the first computation is dead; dce removes it. Linear.
constexpr GraphBuffer recompute(const GraphView& graph, const int* ranks, int count) {
  return Recomputed(graph, ranks, count).run();
}

/// The fault of a program that does not fit: bytes as extents of an axis B, the smallest plan found against the budget.
constexpr Fault budget_fault(extent found, extent budget) {
  Fault fault{Rule::budget_exceeded, "remat", "memory_budget", 'B', {}, {}};
  fault.left.push_back('B', found);
  fault.right.push_back('B', budget);
  return fault;
}

} // namespace cleave::detail
