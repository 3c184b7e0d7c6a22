// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/graph/graph.hpp>

namespace cleave {

class Builder;

/// A node of a graph that is being built. Operators on it append nodes: derivatives are written with it.
struct Value {
  using cleave_operand = Value;
  static constexpr bool is_symbol = true;

  Builder* builder = nullptr;
  Id id = no_id;

  constexpr explicit operator bool() const { return builder != nullptr; }

  /// Appends `Op` on values and numbers. Defined in op_rule.hpp.
  template <class Op, class... X>
  static constexpr Value apply(const X&... x);
};

/// Appends nodes to a graph.
class Builder {
public:
  constexpr Builder() = default;
  constexpr explicit Builder(const GraphView& graph) : graph_(graph) {}

  constexpr const Node& operator[](Id id) const { return graph_.nodes[id]; }
  [[nodiscard]] constexpr int size() const { return graph_.nodes.size(); }
  [[nodiscard]] constexpr detail::GraphBuffer& graph() { return graph_; }

  constexpr Id push(const Node& node) {
    graph_.nodes.push_back(node);
    return graph_.nodes.size() - 1;
  }
  constexpr void report(const Fault& fault) { graph_.report(fault); }

  /// Appends an operation; its rule infers the shape.
  constexpr Value apply(const OpRule* op, const Attributes& attributes, const Id* operands, int count,
                        const char* name = "");

  /// An input or parameter; a name used before is a fault.
  constexpr Value leaf(const OpRule* op, const char* name, const Dims& dims, DType dtype);

  /// A number; as many nodes as calls, cse joins equal ones.
  constexpr Value number(double value, DType dtype);

  /// The input or parameter of that name, or no_id.
  [[nodiscard]] constexpr Id find(const char* name) const {
    const unsigned hash = detail::hash_text(name);
    for (const Named& leaf : named_) { // numbers are compared, so that a thousand names stay cheap
      if (leaf.hash == hash && detail::same_text(graph_.nodes[leaf.id].name, name)) {
        return leaf.id;
      }
    }
    return no_id;
  }

  constexpr void output(Id node) { graph_.results.push_back({Role::output, node, no_id}); }

  /// Whether labels are to be had: heads ask for theirs only then.
  bool training = true;

private:
  detail::GraphBuffer graph_;
  struct Named {
    unsigned hash = 0;
    Id id = no_id;
  };
  detail::Vector<Named> named_;
};

} // namespace cleave
