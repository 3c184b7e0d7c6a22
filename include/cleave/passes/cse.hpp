// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/graph/op_rule.hpp>

#include <bit>

namespace cleave::detail {

constexpr unsigned hash_node(const Node& node) {
  unsigned hash = 2166136261U;
  const auto mix = [&hash](unsigned value) { hash = (hash ^ value) * 16777619U; };
  const auto mix_number = [&mix](double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    mix(static_cast<unsigned>(bits));
    mix(static_cast<unsigned>(bits >> 32U));
  };
  mix(static_cast<unsigned>(node.op->key));
  for (int k = 0; k < node.operand_count; ++k) {
    mix(static_cast<unsigned>(node.operands[k]));
  }
  for (int i = 0; i < node.dims.rank; ++i) {
    mix(static_cast<unsigned>(node.dims.extents[i]));
  }
  mix(static_cast<unsigned>(node.attributes.flags));
  mix(static_cast<unsigned>(node.attributes.of + 1));
  mix_number(node.attributes.number);
  mix_number(node.attributes.second);
  mix_number(node.attributes.third);
  for (const char letter : node.attributes.letters) {
    mix(static_cast<unsigned char>(letter));
  }
  for (const extent number : node.attributes.extents) {
    mix(static_cast<unsigned>(number));
  }
  if (node.op->kind == OpKind::leaf) {
    mix(hash_text(node.name));
  }
  // Numbers differ in their highest bits, which products carry no further down; a table looks at the lowest.
  hash = (hash ^ (hash >> 15U)) * 2246822519U;
  return hash ^ (hash >> 13U);
}

/// Whether two nodes compute the same value. Named leaves are equal only to themselves.
constexpr bool same_value(const Node& a, const Node& b) {
  if (a.op->key != b.op->key || a.operand_count != b.operand_count || a.dtype != b.dtype || !(a.dims == b.dims) ||
      !(a.attributes == b.attributes) || (a.op->kind == OpKind::leaf && !same_text(a.name, b.name))) {
    return false;
  }
  for (int k = 0; k < a.operand_count; ++k) {
    if (a.operands[k] != b.operands[k]) {
      return false;
    }
  }
  return true;
}

/// Puts the operands of a commutative operation in order, so that a + b and b + a are one node.
constexpr void order_operands(Node& node) {
  if (node.op->algebra.commutative && node.operand_count == 2 && node.operands[0] > node.operands[1]) {
    const Id second = node.operands[0];
    node.operands[0] = node.operands[1];
    node.operands[1] = second;
  }
}

/// Common subexpressions: keeps the first of equal nodes. One hash table, linear in nodes.
constexpr GraphBuffer cse(const GraphView& graph) {
  GraphBuffer out;
  out.fault = graph.fault;
  out.normaliser = graph.normaliser;
  out.derived = graph.derived;
  out.nodes.reserve(graph.size);
  int slots = 16;
  while (slots < 2 * graph.size) {
    slots *= 2;
  }
  Vector<Id> table(slots, no_id);
  Vector<Id> moved(graph.size, no_id);
  for (Id id = 0; id < graph.size; ++id) {
    if (id == graph.forward_size) {
      out.forward_size = out.nodes.size();
    }
    Node node = graph[id];
    for (int k = 0; k < node.operand_count; ++k) {
      node.operands[k] = moved[node.operands[k]];
    }
    if (node.attributes.of != no_id) {
      node.attributes.of = moved[node.attributes.of];
    }
    order_operands(node);
    unsigned slot = hash_node(node) & static_cast<unsigned>(slots - 1);
    while (table[static_cast<int>(slot)] != no_id && !same_value(out.nodes[table[static_cast<int>(slot)]], node)) {
      slot = (slot + 1) & static_cast<unsigned>(slots - 1);
    }
    Id& found = table[static_cast<int>(slot)];
    if (found == no_id) {
      found = out.nodes.size();
      out.nodes.push_back(node);
    }
    moved[id] = found;
  }
  if (graph.forward_size >= graph.size) {
    out.forward_size = out.nodes.size();
  }
  for (int i = 0; i < graph.result_count; ++i) {
    const Result& result = graph.results[i];
    out.results.push_back({result.role, moved[result.node], result.of == no_id ? no_id : moved[result.of]});
  }
  return out;
}

} // namespace cleave::detail
