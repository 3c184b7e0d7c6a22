// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/graph/graph.hpp>

namespace cleave::detail {

/// The global program as one device sees it: the batch axis shrinks to its rows, nothing else changes.
template <int Nodes, int Results>
constexpr Graph<Nodes, Results> localize(Graph<Nodes, Results> graph, extent rows) {
  for (Node& node : graph.nodes) {
    const int i = node.dims.index_of(batch_axis);
    if (i >= 0) {
      node.dims.extents[i] = rows;
    }
  }
  return graph;
}

} // namespace cleave::detail
