// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/graph/leaf.hpp>

namespace cleave::detail {

/// The grammar of graphs, checked between passes in tests: operands come first, shapes are what rules infer (copies
/// may spread), results exist, names are used once. Returns null, or what is wrong.
constexpr const char* verify(const GraphView& graph) {
  for (Id id = 0; id < graph.size; ++id) {
    const Node& node = graph[id];
    // (A constant expression refuses to read through null by itself, and see is_op on addresses.)
    if (!__builtin_is_constant_evaluated() && node.op == nullptr) {
      return "a node without an operation";
    }
    if (node.op->kind == OpKind::leaf) {
      if (node.operand_count != 0) {
        return "a leaf with operands";
      }
      for (Id other = 0; node.is_named() && other < id; ++other) {
        if (same_text(graph[other].name, node.name) && graph[other].op->kind == OpKind::leaf) {
          return "a name used twice";
        }
      }
      continue;
    }
    Inference at;
    at.operand_count = node.operand_count;
    at.attributes = node.attributes;
    for (int k = 0; k < node.operand_count; ++k) {
      if (node.operands[k] < 0 || node.operands[k] >= id) {
        return "an operand that does not come before its user";
      }
      at.operands[k] = &graph[node.operands[k]];
    }
    node.op->infer(at);
    if (at.fault) {
      return "operands that do not fit";
    }
    const bool spreads =
        node.op->kind == OpKind::elementwise && node.operand_count == 1 && broadcasts_to(at.dims, node.dims);
    if (!(at.dims == node.dims) && !spreads) {
      return "a shape that its operation does not infer";
    }
    if (at.dtype != node.dtype) {
      return "an element type that its operation does not infer";
    }
  }
  for (int i = 0; i < graph.result_count; ++i) {
    if (graph.results[i].node < 0 || graph.results[i].node >= graph.size) {
      return "a result that does not exist";
    }
  }
  return nullptr;
}

} // namespace cleave::detail
