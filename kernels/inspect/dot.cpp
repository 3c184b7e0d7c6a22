// SPDX-License-Identifier: Apache-2.0
#include "text.hpp"
#include <cleave/graph/print.hpp>

#include <cleave/inspect/dot.hpp>
#include <cleave/passes/liveness.hpp>

#include <algorithm>

namespace cleave {
namespace detail::dots {

inline std::string escaped(const char* text) {
  std::string out;
  for (; *text != '\0'; ++text) {
    if (*text == '"' || *text == '\\') {
      out.push_back('\\');
    }
    out.push_back(*text);
  }
  return out;
}

/// `N64 C128`, or `scalar`.
inline std::string shape_text(const Dims& dims) {
  Text out;
  for (int i = 0; i < dims.rank; ++i) {
    out << (i > 0 ? " " : "") << dims.letters[i] << dims.extents[i];
  }
  return dims.rank == 0 ? "scalar" : out.str();
}

inline const char* colour_of(Placement placement) {
  switch (placement) {
  case Placement::replicated:
    return "#e6e6e6";
  case Placement::sharded:
    return "#b3d4f0";
  case Placement::partial:
    return "#f8cf9c";
  case Placement::per_device:
    return "#dcc3ea";
  }
  return "white";
}

class DotWriter {
public:
  DotWriter(const GraphView& graph, const Id* roots, const Placement* placements)
      : graph_(graph), roots_(roots), placements_(placements), live_(detail::liveness(graph, roots)) {}

  std::string write() {
    text_ << "digraph program {\n"
             "  rankdir=TB;\n"
             "  node [shape=box, style=filled, fontname=\"Helvetica\", fontsize=11];\n"
             "  edge [fontname=\"Helvetica\", fontsize=9, color=\"#606060\"];\n";
    write_leaves();
    write_cluster("forward", 0, std::min(graph_.forward_size, graph_.size));
    write_cluster("backward", graph_.forward_size, graph_.size);
    for (Id id = 0; id < graph_.size; ++id) {
      if (roots_[id] == id) {
        write_edges(id);
      }
    }
    write_results();
    write_legend();
    text_ << "}\n";
    return text_.str();
  }

private:
  [[nodiscard]] bool is_number(Id id) const { return is_op<NumberLeaf>(graph_[id]); }
  [[nodiscard]] bool is_read(Id leaf) const { return live_.last_use[leaf] >= 0; }

  void write_node(Id id, const std::string& label, const char* more) {
    text_ << "  n" << id << " [label=\"" << label << "\", fillcolor=\"" << colour_of(placements_[id]) << '"' << more
          << "];\n";
  }
  void write_leaves() {
    for (Id id = 0; id < graph_.size; ++id) {
      const Node& node = graph_[id];
      if (node.op->kind == OpKind::leaf && !is_number(id) && (node.is_named() || is_read(id))) {
        Text label;
        label << escaped(node.is_named() ? node.name : node.op->name) << "\\n" << shape_text(node.dims);
        write_node(id, label.str(), ", shape=ellipse");
      }
    }
  }
  void write_cluster(const char* name, Id begin, Id end) {
    text_ << "  subgraph cluster_" << name << " {\n  label=\"" << name
          << "\"; fontname=\"Helvetica\"; color=\"#a0a0a0\";\n";
    for (Id id = begin; id < end; ++id) {
      if (roots_[id] == id) {
        write_node(id, kernel_label(id), live_.next[live_.first[id]] != no_id ? ", penwidth=2" : "");
      }
    }
    text_ << "  }\n";
  }
  /// One line a statement: its number, its operation, and the numbers it takes.
  [[nodiscard]] std::string kernel_label(Id root) const {
    Text label;
    for (Id id = live_.first[root]; id != no_id; id = live_.next[id]) {
      const Node& node = graph_[id];
      label << '%' << id << ' ' << node.op->name;
      for (int k = 0; k < node.operand_count; ++k) {
        if (is_number(node.operands[k])) {
          label.print(" %g", graph_[node.operands[k]].attributes.number);
        }
      }
      if (node.is_named()) {
        label << " (" << escaped(node.name) << ')';
      }
      label << "\\l";
    }
    return label.str();
  }
  void write_edges(Id root) {
    detail::Vector<Id> drawn;
    for (Id id = live_.first[root]; id != no_id; id = live_.next[id]) {
      for (int k = 0; k < graph_[id].operand_count; ++k) {
        const Id from = graph_[id].operands[k];
        bool again = roots_[from] == root || is_number(from);
        for (const Id before : drawn) {
          again = again || before == from;
        }
        if (!again) {
          drawn.push_back(from);
          text_ << "  n" << from << " -> n" << root << " [label=\"" << shape_text(graph_[from].dims) << "\"];\n";
        }
      }
    }
  }
  void write_results() {
    int outputs = 0;
    for (int i = 0; i < graph_.result_count; ++i) {
      const Result& result = graph_.results[i];
      text_ << "  r" << i << " [label=\"" << detail::name_of(result.role);
      if (result.role == Role::output) {
        text_ << ' ' << outputs++;
      }
      if (result.of != no_id) {
        text_ << "\\n" << escaped(graph_[result.of].name);
      }
      text_ << "\", shape=plaintext, style=\"\"];\n  n" << result.node << " -> r" << i << " [label=\""
            << shape_text(graph_[result.node].dims) << "\"];\n";
    }
  }
  void write_legend() {
    text_ << "  subgraph cluster_legend {\n  label=\"placement\"; fontname=\"Helvetica\"; color=\"#a0a0a0\";\n";
    for (const Placement placement :
         {Placement::replicated, Placement::sharded, Placement::partial, Placement::per_device}) {
      text_ << "  legend_" << name_of(placement) << " [label=\"" << name_of(placement) << "\", fillcolor=\""
            << colour_of(placement) << "\"];\n";
    }
    text_ << "  }\n";
  }

  GraphView graph_;
  const Id* roots_;
  const Placement* placements_;
  detail::Liveness live_;
  Text text_;
};

} // namespace detail::dots

CLEAVE_INLINE std::string dot(const GraphView& graph, const Id* roots, const Placement* placements) {
  return detail::dots::DotWriter(graph, roots, placements).write();
}

} // namespace cleave
