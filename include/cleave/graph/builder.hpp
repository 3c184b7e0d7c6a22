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
  [[nodiscard]] constexpr Id find(const char* name) const { return names_.size() == 0 ? no_id : names_[slot_of(name)]; }

  constexpr void output(Id node) { graph_.results.push_back({Role::output, node, no_id}); }

  /// Whether labels are to be had: heads ask for theirs only then.
  bool training = true;

private:
  /// Where the leaf of that name is in the table of names, or would be put.
  [[nodiscard]] constexpr int slot_of(const char* name) const {
    const auto mask = static_cast<unsigned>(names_.size() - 1);
    unsigned slot = detail::hash_text(name) & mask;
    while (names_[static_cast<int>(slot)] != no_id &&
           !detail::same_text(graph_.nodes[names_[static_cast<int>(slot)]].name, name)) {
      slot = (slot + 1) & mask;
    }
    return static_cast<int>(slot);
  }
  /// Notes a named leaf; of equal names the first stays. The table doubles before it is half full.
  constexpr void note(Id leaf) {
    if (2 * (name_count_ + 1) > names_.size()) {
      const detail::Vector<Id> before = names_;
      names_ = detail::Vector<Id>(before.size() == 0 ? 16 : 2 * before.size(), no_id);
      for (const Id id : before) {
        if (id != no_id) {
          names_[slot_of(graph_.nodes[id].name)] = id;
        }
      }
    }
    Id& found = names_[slot_of(graph_.nodes[leaf].name)];
    name_count_ += found == no_id ? 1 : 0;
    found = found == no_id ? leaf : found;
  }

  detail::GraphBuffer graph_;
  detail::Vector<Id> names_; // a hash table; its size is a power of two
  int name_count_ = 0;
};

} // namespace cleave
