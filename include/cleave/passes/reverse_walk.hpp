// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/ops/reduce.hpp>

namespace cleave::detail {

/// What has flowed back to a node so far.
struct Adjoint {
  Id cotangent = no_id;
  Normaliser normaliser = Normaliser::unset;
  bool flows = false; ///< a head may flow without a cotangent
};

/// Walks the first `size` nodes of a graph backwards and appends the cotangents that their rules give. First `mark`
/// every node in order, then set the adjoints to start from, then `run`.
class ReverseWalk {
public:
  constexpr ReverseWalk(Builder& builder, int size) : builder_(&builder), needed_(size, false), adjoints_(size) {}

  [[nodiscard]] constexpr Builder& builder() const { return *builder_; }
  constexpr Adjoint& operator[](Id id) { return adjoints_[id]; }
  [[nodiscard]] constexpr bool needs(Id id) const { return needed_[id]; }
  /// The count that a head's gradients are divided by, or no_id.
  [[nodiscard]] constexpr Id count() const { return count_; }
  /// Heads may not pass cotangents on: a derivative of what the program computes is asked for, not a head's own.
  constexpr void refuse_heads() { heads_refused_ = true; }

  /// Says whether cotangents of `id` are wanted: for itself, or for one of its operands.
  constexpr void mark(Id id, bool wanted) {
    const Node& node = (*builder_)[id];
    needed_[id] = wanted;
    if (node.op->kind != OpKind::leaf && !node.op->stops_gradient) {
      for (int k = 0; k < node.operand_count; ++k) {
        needed_[id] = needed_[id] || needed_[node.operands[k]];
      }
    }
  }

  /// Visits the nodes from the last to `last`, each once.
  constexpr void run(Id last) {
    for (Id id = adjoints_.size() - 1; id >= last; --id) {
      if (adjoints_[id].flows && needed_[id] && (*builder_)[id].op->kind != OpKind::leaf) {
        visit(id);
      }
    }
  }

private:
  static constexpr bool counts(Normaliser normaliser) {
    return normaliser == Normaliser::rows || normaliser == Normaliser::counted;
  }
  constexpr void visit(Id id) {
    const Node node = (*builder_)[id];
    bool goes_on = false; // the value asked for is where the walk ends
    for (int k = 0; k < node.operand_count; ++k) {
      goes_on = goes_on || needed_[node.operands[k]];
    }
    if (!goes_on) {
      return;
    }
    const Adjoint adjoint = adjoints_[id];
    const bool derived = heads_refused_ || builder_->graph().derived;
    if (node.op->is_head && adjoint.cotangent != no_id && derived) {
      builder_->report({Rule::no_derivative, node.op->name, node.name, '\0', node.dims, {}});
      return;
    }
    const Value dy = adjoint.cotangent == no_id ? Value{} : Value{builder_, adjoint.cotangent};
    const Cotangents back = node.op->vjp({builder_, node, {builder_, id}, dy});
    if (dy && !back.flows()) {
      builder_->report({Rule::no_derivative, node.op->name, node.name, '\0', node.dims, {}});
    }
    if (back.count) {
      if (count_ != no_id && count_ != back.count.id) {
        builder_->report({Rule::heads_disagree, node.op->name, "", '\0', node.dims, {}});
      }
      count_ = back.count.id;
    }
    // Whether what the cotangent is still to be divided by counts for the operands, too.
    const bool joins = dy && (!node.op->is_head || back.scaled) && counts(adjoint.normaliser);
    if (joins && back.normaliser == Normaliser::counted && adjoint.normaliser == Normaliser::counted) {
      builder_->report({Rule::heads_disagree, node.op->name, "", '\0', node.dims, {}});
    }
    for (int k = 0; k < node.operand_count; ++k) {
      const Id to = node.operands[k];
      if (!needed_[to] || !back.operands[k]) {
        continue;
      }
      Value dx = fit_to(back.operands[k], (*builder_)[to].dims);
      Normaliser normaliser = back.normaliser;
      if (normaliser == Normaliser::unset || (joins && !counts(normaliser))) {
        normaliser = adjoint.normaliser;
      } else if (joins) { // two counts, of which the optimizer divides by one: the rows are divided by here
        dx = dx / batch_rows(*builder_, (*builder_)[to].dtype);
        normaliser = adjoint.normaliser == Normaliser::rows ? normaliser : adjoint.normaliser;
      }
      Adjoint& sum = adjoints_[to];
      if (sum.cotangent != no_id && sum.normaliser != normaliser) {
        builder_->report({Rule::heads_disagree, node.op->name, "", '\0', node.dims, {}});
      }
      sum.cotangent = sum.cotangent == no_id ? dx.id : (Value{builder_, sum.cotangent} + dx).id;
      sum.normaliser = normaliser;
      sum.flows = true;
    }
  }

  Builder* builder_;
  Vector<bool> needed_;
  Vector<Adjoint> adjoints_;
  Id count_ = no_id;
  bool heads_refused_ = false;
};

} // namespace cleave::detail
