// SPDX-License-Identifier: Apache-2.0
// A program as a drawing for Graphviz: `dot -Tsvg`. For the edge: no other header includes this one.
#pragma once

#include <cleave/passes/pipeline.hpp>

#include <string>

namespace cleave {

/// A graph in Graphviz's language. The forward and the backward pass are clusters; a kernel is one box that lists its
/// statements (a fused chain has several); inputs and parameters are ellipses, results stand at the ends; edges carry
/// shapes; the colour of a box is its placement. `roots` is FusedGraph::root, `placements` one a node.
[[nodiscard]] std::string dot(const GraphView& graph, const Id* roots, const Placement* placements);

/// The drawing of a program, at its global batch. A group's program is `JobProgram<Job, cleave::train>`.
template <class Program>
[[nodiscard]] std::string dot() {
  return dot(graph<Program>.view(), fused<Program>.root, placements<Program>.of);
}

} // namespace cleave

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(inspect, dot)
#endif
