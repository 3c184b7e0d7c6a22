// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/graph/leaf.hpp>

namespace cleave::detail {

/// Appends nodes in their simplest form. What it knows of operations it reads from `OpRule::algebra`.
class Simplifier {
public:
  constexpr explicit Simplifier(GraphBuffer& out) : nodes_(&out.nodes) {}

  /// The node that computes what `node` computes: an earlier one, or a new one. Each turn of the loop takes a node away
  /// from above the operands or moves a negation below them, so it ends.
  constexpr Id add(Node node) {
    if (node.op->kind != OpKind::elementwise) {
      return push(node);
    }
    while (absorb_spread(node) || drop_negation(node) || pull_negation(node)) {
    }
    const Id known = fold(node);
    if (known != no_id) {
      return known;
    }
    const Id same = unchanged(node);
    return same != no_id ? same : push(node);
  }

private:
  constexpr Id push(const Node& node) {
    nodes_->push_back(node);
    return nodes_->size() - 1;
  }
  [[nodiscard]] constexpr const Node& operand(const Node& node, int k) const { return (*nodes_)[node.operands[k]]; }

  /// The number that all elements of a value are, seen through the copy that spreads it; null where it is none.
  [[nodiscard]] constexpr const Node* number(Id id) const {
    const Node* node = &(*nodes_)[id];
    if (node->op->algebra.copies) {
      node = &(*nodes_)[node->operands[0]];
    }
    return is_op<NumberLeaf>(*node) ? node : nullptr;
  }

  /// Reads the small value in place of its spread copy, where another operand has all axes of the result: broadcasting
  /// is by name. A copy of a copy reads the first. The result keeps its shape, so a spread along the batch axis stays
  /// sharded where that other operand is.
  constexpr bool absorb_spread(Node& node) const {
    for (int k = 0; k < node.operand_count; ++k) {
      if (!operand(node, k).op->algebra.copies) {
        continue;
      }
      bool shaped = node.op->algebra.copies;
      for (int j = 0; j < node.operand_count; ++j) {
        shaped = shaped || (j != k && operand(node, j).dims == node.dims);
      }
      if (shaped) {
        node.operands[k] = operand(node, k).operands[0];
        return true;
      }
    }
    return false;
  }

  /// a + -b = a - b, -a + b = b - a, -a * -b = a * b: each operand is only negated exactly.
  constexpr bool drop_negation(Node& node) const {
    if (node.operand_count != 2) {
      return false;
    }
    const bool left = operand(node, 0).op->algebra.negates;
    const bool right = operand(node, 1).op->algebra.negates;
    if (left && right && node.op->algebra.odd_in_each) {
      node.operands[0] = operand(node, 0).operands[0];
      node.operands[1] = operand(node, 1).operands[0];
      return true;
    }
    if (!node.op->has_negated_right || (!right && !(left && node.op->algebra.commutative))) {
      return false;
    }
    if (!right) {
      const Id first = node.operands[0];
      node.operands[0] = node.operands[1];
      node.operands[1] = first;
    }
    node.operands[1] = operand(node, 1).operands[0];
    node.op = node.op->with_negated_right();
    return true;
  }

  /// -a * b = -(a * b), where a sum may take it up.
  constexpr bool pull_negation(Node& node) {
    for (int k = 0; k < node.operand_count && node.op->algebra.odd_in_each; ++k) {
      if (operand(node, k).op->algebra.negates) {
        Node negation = operand(node, k);
        negation.dims = node.dims;
        node.operands[k] = negation.operands[0];
        negation.operands[0] = add(node);
        node = negation;
        return true;
      }
    }
    return false;
  }

  /// An operation on numbers becomes a number, spread as the operands were.
  constexpr Id fold(const Node& node) {
    double numbers[max_operands]{};
    const Node* spread = nullptr;
    for (int k = 0; k < node.operand_count; ++k) {
      const Node* const constant = number(node.operands[k]);
      if (constant == nullptr) {
        return no_id;
      }
      numbers[k] = constant->attributes.number;
      spread = operand(node, k).dims == node.dims ? &operand(node, k) : spread;
    }
    Node result;
    if (!node.op->algebra.folds || node.operand_count > 2 || spread == nullptr ||
        !node.op->fold(numbers, node.dtype, result.attributes.number)) {
      return no_id;
    }
    Node copy = *spread; // by value: appending moves the nodes
    result.op = number(node.operands[0])->op;
    result.dtype = node.dtype;
    const Id folded = push(result);
    if (node.dims.rank == 0) {
      return folded;
    }
    copy.operands[0] = folded;
    return push(copy);
  }

  /// The operand that the node is equal to, or no_id.
  [[nodiscard]] constexpr Id unchanged(const Node& node) const {
    const Algebra& law = node.op->algebra;
    const Node& first = operand(node, 0);
    if (law.copies && first.dims == node.dims) {
      return node.operands[0];
    }
    if (law.involution && first.op->key == node.op->key) {
      return first.operands[0];
    }
    if (law.idempotent && first.op->key == node.op->key) {
      return node.operands[0];
    }
    if (node.operand_count == 2) {
      if (first.dims == node.dims && is_neutral(law.right, node.operands[1])) {
        return node.operands[0];
      }
      if (operand(node, 1).dims == node.dims && is_neutral(law.left, node.operands[0])) {
        return node.operands[1];
      }
    }
    return no_id;
  }
  [[nodiscard]] constexpr bool is_neutral(const Neutral& neutral, Id id) const {
    const Node* const constant = neutral.exists ? number(id) : nullptr;
    return constant != nullptr && constant->attributes.number == neutral.value;
  }

  Vector<Node>* nodes_;
};

/// Applies the laws that operations state of themselves (`Algebra`): neutral operands (x * 1, x + 0, x / 1), negations
/// that cancel, operations done twice (relu(relu(x))), numbers that can be computed, copies. A value that is spread
/// only to meet a larger one is read as it is. In: any graph. Out: one that computes the same results; nodes may be
/// dead.
///
/// What is kept: every bit, NaN and infinities included, but for one thing. x + 0 is taken for x, so a result may be -0
/// where it was +0. Not done, because it would change values: x * 0, x - x, x / x, reordering sums and products,
/// factoring out. Placements stay legal: a result has the shape it had, so whatever carried its batch axis still does.
///
/// One walk from the first node to the last, a constant amount of work each: operands are simple before their users.
constexpr GraphBuffer simplify(const GraphView& graph) {
  GraphBuffer out;
  out.fault = graph.fault;
  out.normaliser = graph.normaliser;
  out.derived = graph.derived;
  out.nodes.reserve(graph.size);
  Simplifier simplifier(out);
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
    moved[id] = simplifier.add(node);
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
