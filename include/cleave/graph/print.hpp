// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/text.hpp>
#include <cleave/graph/leaf.hpp>

namespace cleave {
namespace detail {

constexpr void print_dims(TextWriter& out, const Dims& dims) {
  out << '[';
  for (int i = 0; i < dims.rank; ++i) {
    if (i > 0) {
      out << ", ";
    }
    out << dims.letters[i] << dims.extents[i];
  }
  out << ']';
}

constexpr const char* name_of(Role role) {
  switch (role) {
  case Role::output:
    return "output";
  case Role::gradient:
    return "gradient";
  case Role::input_gradient:
    return "input_gradient";
  case Role::normaliser:
    return "normaliser";
  }
  return "?";
}

/// One line a node, `%7 = mul %3 %5 : f32[N32, C10] "logits"`, then one a result.
constexpr TextWriter print_graph(const GraphView& graph) {
  TextWriter out;
  for (Id id = 0; id < graph.size; ++id) {
    const Node& node = graph[id];
    out << '%' << id << " = " << node.op->name;
    if (is_op<NumberLeaf>(node)) {
      out << ' ';
      out.fixed(node.attributes.number, 6);
    }
    for (int k = 0; k < node.operand_count; ++k) {
      out << " %" << node.operands[k];
    }
    out << " : " << cleave::name_of(node.dtype);
    print_dims(out, node.dims);
    if (node.is_named()) {
      out << " \"" << node.name << '"';
    }
    out << '\n';
  }
  for (int i = 0; i < graph.result_count; ++i) {
    const Result& result = graph.results[i];
    out << name_of(result.role) << " %" << result.node;
    if (result.of != no_id) {
      out << " of " << graph[result.of].name;
    }
    out << '\n';
  }
  return out;
}

/// What a holder names: a `graph`, or a function `print` of its own.
template <class Holder>
constexpr TextWriter write_held() {
  if constexpr (requires { Holder::print(); }) {
    return Holder::print();
  } else {
    return print_graph(Holder::graph.view());
  }
}
template <class Holder>
constexpr auto print_held() {
  return write_held<Holder>().template freeze<write_held<Holder>().size()>();
}

} // namespace detail

/// The graph constant that `Holder::graph` names, or what `Holder::print()` writes (plans, schedules), as text:
/// `printed<Holder>` compares with a literal in static_assert.
template <class Holder>
inline constexpr auto printed = detail::print_held<Holder>();

} // namespace cleave
