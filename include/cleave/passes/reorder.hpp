// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/passes/liveness.hpp>
#include <cleave/passes/sort.hpp>

#include <initializer_list>

namespace cleave::detail {

/// Orders kernels so that few values are alive: of those whose operands are there, the one that frees most runs first.
class ListScheduler {
public:
  constexpr ListScheduler(const GraphView& graph, const Id* root)
      : graph_(graph),
        root_(root),
        live_(liveness(graph, root)),
        users_(graph.size, 0),
        kept_(graph.size, false),
        waits_for_(graph.size, 0),
        growth_(graph.size, 0),
        done_(graph.size, false),
        first_use_(graph.size, -1),
        stamp_(graph.size, no_id) {
    for (int i = 0; i < graph.result_count; ++i) {
      kept_[graph.results[i].node] = true;
    }
    list_uses();
  }

  /// Roots in the new order; forward kernels stay before backward ones.
  constexpr Vector<Id> run() {
    Vector<Id> order;
    for (const bool forward : {true, false}) {
      for (Id id = 0; id < graph_.size; ++id) {
        if (in_pass(id, forward) && root_[id] == id && waits_for_[id] == 0) {
          push({growth_[id], id});
        }
      }
      while (heap_.size() > 0) {
        const Ready next = pop();
        if (!done_[next.root] && next.growth == growth_[next.root]) {
          done_[next.root] = true;
          order.push_back(next.root);
          finish(next.root, forward);
        }
      }
    }
    return order;
  }

private:
  struct Ready {
    extent growth = 0; ///< bytes the kernel adds to what is alive
    Id root = no_id;
  };
  struct Use {
    Id user = no_id;
    int next = -1;
  };
  static constexpr bool before(const Ready& a, const Ready& b) {
    return a.growth != b.growth ? a.growth < b.growth : a.root < b.root;
  }

  /// Calls f(value) once for each value in memory that the kernel reads.
  template <class F>
  constexpr void for_operands(Id root, F f) {
    ++turn_;
    for (Id member = live_.first[root]; member != no_id; member = live_.next[member]) {
      for (int k = 0; k < graph_[member].operand_count; ++k) {
        const Id operand = graph_[member].operands[k];
        if (root_[operand] != no_id && root_[operand] != root && stamp_[operand] != turn_) {
          stamp_[operand] = turn_;
          f(operand);
        }
      }
    }
  }
  constexpr void list_uses() {
    for (Id id = 0; id < graph_.size; ++id) {
      if (root_[id] == id) {
        growth_[id] = graph_[id].bytes();
        for_operands(id, [&](Id operand) {
          ++users_[operand];
          ++waits_for_[id];
          uses_.push_back({id, first_use_[operand]});
          first_use_[operand] = uses_.size() - 1;
        });
      }
    }
    for (Id id = 0; id < graph_.size; ++id) { // who is the only reader frees what it reads
      if (users_[id] == 1 && !kept_[id]) {
        growth_[uses_[first_use_[id]].user] -= graph_[id].bytes();
      }
    }
  }
  /// Whether a node belongs to the forward pass, or else to the backward one.
  [[nodiscard]] constexpr bool in_pass(Id id, bool forward) const { return (id < graph_.forward_size) == forward; }
  constexpr void finish(Id root, bool forward) {
    for (int use = first_use_[root]; use >= 0; use = uses_[use].next) {
      const Id user = uses_[use].user;
      --waits_for_[user];
      if (in_pass(user, forward) && waits_for_[user] == 0) {
        push({growth_[user], user});
      }
    }
    for_operands(root, [&](Id operand) {
      if (--users_[operand] != 1 || kept_[operand]) {
        return;
      }
      for (int use = first_use_[operand]; use >= 0; use = uses_[use].next) {
        const Id user = uses_[use].user;
        if (!done_[user]) { // the last reader frees it
          growth_[user] -= graph_[operand].bytes();
          if (in_pass(user, forward) && waits_for_[user] == 0) {
            push({growth_[user], user});
          }
        }
      }
    });
  }

  constexpr void push(const Ready& ready) {
    heap_.push_back(ready);
    for (int i = heap_.size() - 1; i > 0 && before(heap_[i], heap_[(i - 1) / 2]); i = (i - 1) / 2) {
      exchange(i, (i - 1) / 2);
    }
  }
  constexpr Ready pop() {
    const Ready top = heap_[0];
    exchange(0, heap_.size() - 1);
    heap_.erase(heap_.size() - 1);
    for (int i = 0;;) {
      int least = i;
      for (const int child : {2 * i + 1, 2 * i + 2}) {
        least = child < heap_.size() && before(heap_[child], heap_[least]) ? child : least;
      }
      if (least == i) {
        return top;
      }
      exchange(i, least);
      i = least;
    }
  }
  constexpr void exchange(int a, int b) {
    const Ready kept = heap_[a];
    heap_[a] = heap_[b];
    heap_[b] = kept;
  }

  GraphView graph_;
  const Id* root_;
  Liveness live_;
  Vector<int> users_; // kernels that have yet to read a value
  Vector<bool> kept_; // results are never freed
  Vector<int> waits_for_;
  Vector<extent> growth_;
  Vector<bool> done_;
  Vector<int> first_use_; // lists of a value's readers, in uses_
  Vector<Use> uses_;
  Vector<int> stamp_;
  Vector<Ready> heap_;
  int turn_ = 0;
};

/// The same graph with its kernels in another order. In: any graph, its FusedGraph::root, and what a ListScheduler
/// found for it (or for the same graph with other rows). Out: the same nodes, chains together, leaves first; whether it
/// needs less memory is for the caller to see. Linear.
constexpr GraphBuffer reorder(const GraphView& graph, const Id* root, const Id* kernels, int kernel_count) {
  GraphBuffer out;
  out.fault = graph.fault;
  out.normaliser = graph.normaliser;
  out.derived = graph.derived;
  out.nodes.reserve(graph.size);
  Vector<Id> moved(graph.size, no_id);
  const Liveness live = liveness(graph, root);
  const auto emit = [&](Id id) {
    Node node = graph[id];
    for (int k = 0; k < node.operand_count; ++k) {
      node.operands[k] = moved[node.operands[k]];
    }
    if (node.attributes.of != no_id) {
      node.attributes.of = moved[node.attributes.of];
    }
    moved[id] = out.nodes.size();
    out.nodes.push_back(node);
  };
  const auto emit_leaves = [&](Id begin, Id end) {
    for (Id id = begin; id < end; ++id) {
      if (root[id] == no_id) {
        emit(id);
      }
    }
  };
  const Id forward = graph.forward_size < graph.size ? graph.forward_size : graph.size;
  emit_leaves(0, forward);
  bool backward = false;
  const auto end_forward = [&] {
    backward = true;
    out.forward_size = out.nodes.size();
    emit_leaves(forward, graph.size);
  };
  for (int i = 0; i < kernel_count; ++i) {
    const Id kernel = kernels[i];
    if (kernel >= forward && !backward) {
      end_forward();
    }
    for (Id member = live.first[kernel]; member != no_id; member = live.next[member]) {
      emit(member);
    }
  }
  if (!backward) {
    end_forward();
  }
  for (int i = 0; i < graph.result_count; ++i) {
    const Result& result = graph.results[i];
    out.results.push_back({result.role, moved[result.node], result.of == no_id ? no_id : moved[result.of]});
  }
  return out;
}

} // namespace cleave::detail
