// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/vector.hpp>
#include <cleave/graph/node.hpp>

namespace cleave {

/// What passes read: a graph wherever it is stored.
struct GraphView {
  const Node* nodes = nullptr;
  int size = 0;
  const Result* results = nullptr;
  int result_count = 0;
  int forward_size = 0; ///< nodes before this one belong to the forward pass
  Normaliser normaliser = Normaliser::unset;
  Fault fault{};
  bool derived = false; ///< the program as written contains gradients

  constexpr const Node& operator[](Id id) const { return nodes[id]; }
};

/// A graph as a constant: exactly as many nodes as there are.
template <int Nodes, int Results>
struct Graph {
  Node nodes[detail::room_for(Nodes)]{};
  Result results[detail::room_for(Results)]{};
  int forward_size = 0;
  Normaliser normaliser = Normaliser::unset;
  Fault fault{};
  bool derived = false;

  [[nodiscard]] constexpr int size() const { return Nodes; }
  [[nodiscard]] constexpr int result_count() const { return Results; }
  [[nodiscard]] constexpr GraphView view() const {
    return {nodes, Nodes, results, Results, forward_size, normaliser, fault, derived};
  }
};

namespace detail {

/// A graph while a pass builds it.
struct GraphBuffer {
  Vector<Node> nodes;
  Vector<Result> results;
  int forward_size = 0;
  Normaliser normaliser = Normaliser::unset;
  Fault fault{};
  bool derived = false;

  constexpr GraphBuffer() = default;
  constexpr explicit GraphBuffer(const GraphView& graph)
      : forward_size(graph.forward_size), normaliser(graph.normaliser), fault(graph.fault), derived(graph.derived) {
    nodes.reserve(2 * graph.size);
    for (int i = 0; i < graph.size; ++i) {
      nodes.push_back(graph.nodes[i]);
    }
    for (int i = 0; i < graph.result_count; ++i) {
      results.push_back(graph.results[i]);
    }
  }

  [[nodiscard]] constexpr GraphView view() const {
    return {nodes.data(), nodes.size(), results.data(), results.size(), forward_size, normaliser, fault, derived};
  }
  constexpr void report(const Fault& found) {
    if (!fault) {
      fault = found;
    }
  }
};

struct GraphSize {
  int nodes = 0;
  int results = 0;
};

constexpr GraphSize size_of_graph(const GraphBuffer& graph) { return {graph.nodes.size(), graph.results.size()}; }

template <int Nodes, int Results>
constexpr Graph<Nodes, Results> freeze(const GraphBuffer& buffer) {
  Graph<Nodes, Results> graph;
  for (int i = 0; i < Nodes; ++i) {
    graph.nodes[i] = buffer.nodes[i];
  }
  for (int i = 0; i < Results; ++i) {
    graph.results[i] = buffer.results[i];
  }
  graph.forward_size = buffer.forward_size;
  graph.normaliser = buffer.normaliser;
  graph.fault = buffer.fault;
  graph.derived = buffer.derived;
  return graph;
}

} // namespace detail
} // namespace cleave
