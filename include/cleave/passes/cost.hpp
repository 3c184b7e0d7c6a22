// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/passes/fuse.hpp>
#include <cleave/passes/liveness.hpp>

namespace cleave {

/// What limits a kernel on a machine: the rate at which it computes, or at which memory delivers.
enum class BoundBy : unsigned char { memory, compute };

constexpr const char* name_of(BoundBy bound) { return bound == BoundBy::memory ? "memory" : "compute"; }

/// What one kernel costs. Bytes count every operand once and the result once, whatever caches do.
struct KernelCost {
  Id root = no_id; ///< the node whose value it writes
  bool forward = true;
  double flops = 0;
  double bytes_read = 0;
  double bytes_written = 0;
  char name[64]{}; ///< `fwd.fc1.dot`, `bwd.fc1_weight.dot`, `fwd.fc1.add+relu`

  [[nodiscard]] constexpr double bytes() const { return bytes_read + bytes_written; }
  /// FLOPs a byte.
  [[nodiscard]] constexpr double intensity() const { return bytes() > 0 ? flops / bytes() : 0; }
  /// On a machine with `ridge` FLOPs a byte: peak FLOP/s over memory bandwidth (the roofline model).
  [[nodiscard]] constexpr BoundBy bound_by(double ridge) const {
    return intensity() < ridge ? BoundBy::memory : BoundBy::compute;
  }
};

/// What a device's program costs to run once.
struct PlanCost {
  int kernels = 0;
  double flops = 0;
  double bytes_read = 0;
  double bytes_written = 0;
};

/// One row a kernel, in the order they run.
template <int Kernels>
struct CostTable {
  KernelCost kernels[detail::room_for(Kernels)]{};
  int count = Kernels;
};

namespace detail {

/// Calls `f(root, flops, read, written)` for every kernel in order. Linear.
template <class F>
constexpr void for_kernel_costs(const GraphView& graph, const Id* roots, const Liveness& live, F f) {
  Vector<Id> read_by(graph.size, no_id); // the last kernel that was charged for reading a value
  for (Id root = 0; root < graph.size; ++root) {
    if (roots[root] != root) {
      continue;
    }
    double flops = 0;
    double read = 0;
    for (Id id = live.first[root]; id != no_id; id = live.next[id]) {
      const Node& node = graph[id];
      flops += node.op->count_flops(graph, id);
      for (int k = 0; k < node.operand_count; ++k) {
        const Id operand = node.operands[k];
        if (roots[operand] != root && !is_op<NumberLeaf>(graph[operand]) && read_by[operand] != root) {
          read_by[operand] = root;
          read += static_cast<double>(graph[operand].bytes());
        }
      }
    }
    f(root, flops, read, static_cast<double>(graph[root].bytes()));
  }
}

/// What all kernels of a program cost together.
constexpr PlanCost plan_cost(const GraphView& graph, const Id* roots) {
  PlanCost cost;
  for_kernel_costs(graph, roots, liveness(graph, roots), [&cost](Id, double flops, double read, double written) {
    cost.kernels += 1;
    cost.flops += flops;
    cost.bytes_read += read;
    cost.bytes_written += written;
  });
  return cost;
}

/// Writes a name into a fixed space; what does not fit ends in dots.
class NameWriter {
public:
  constexpr explicit NameWriter(KernelCost& kernel) : kernel_(&kernel) {}
  constexpr NameWriter& operator<<(const char* s) { return append(s, text_length(s)); }
  constexpr NameWriter& append(const char* s, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (at_ + 3 < room) {
        kernel_->name[at_++] = s[i];
      } else {
        kernel_->name[at_ < room ? at_++ : room - 1] = '.';
      }
    }
    return *this;
  }

private:
  static constexpr std::size_t room = sizeof(KernelCost::name) - 1;
  KernelCost* kernel_;
  std::size_t at_ = 0;
};

/// The pass, the layer and the operations: the layer is the parameter whose gradient is written, the name given to a
/// node, or what a parameter that is read is named after (`fc1` of `fc1_weight`).
constexpr void name_kernel(KernelCost& kernel, const GraphView& graph, const Liveness& live, const Id* gradient_of) {
  NameWriter name(kernel);
  name << (kernel.forward ? "fwd." : "bwd.");
  const char* given = "";
  const char* parameter = "";
  for (Id id = live.first[kernel.root]; id != no_id; id = live.next[id]) {
    const Node& node = graph[id];
    given = node.is_named() ? node.name : given;
    for (int k = 0; k < node.operand_count; ++k) {
      const Node& operand = graph[node.operands[k]];
      parameter = is_op<ParameterLeaf>(operand) ? operand.name : parameter;
    }
  }
  if (gradient_of[kernel.root] != no_id) {
    name << graph[gradient_of[kernel.root]].name << ".";
  } else if (given[0] != '\0') {
    name << given << ".";
  } else if (parameter[0] != '\0') {
    std::size_t stem = text_length(parameter);
    for (std::size_t i = stem; i > 0; --i) {
      if (parameter[i - 1] == '_') {
        stem = i - 1;
        break;
      }
    }
    name.append(parameter, stem) << ".";
  }
  for (Id id = live.first[kernel.root]; id != no_id; id = live.next[id]) {
    name << (id == live.first[kernel.root] ? "" : "+") << graph[id].op->name;
  }
}

/// The cost of each kernel; the sums are `plan_cost`. Linear.
template <int Kernels>
constexpr CostTable<Kernels> make_cost_table(const GraphView& graph, const Id* roots) {
  CostTable<Kernels> table;
  const Liveness live = liveness(graph, roots);
  Vector<Id> gradient_of(graph.size, no_id);
  for (int i = 0; i < graph.result_count; ++i) {
    if (graph.results[i].of != no_id) {
      gradient_of[graph.results[i].node] = graph.results[i].of;
    }
  }
  int count = 0;
  for_kernel_costs(graph, roots, live, [&](Id root, double flops, double read, double written) {
    KernelCost& kernel = table.kernels[count++];
    kernel.root = root;
    kernel.forward = root < graph.forward_size;
    kernel.flops = flops;
    kernel.bytes_read = read;
    kernel.bytes_written = written;
    name_kernel(kernel, graph, live, gradient_of.data());
  });
  return table;
}

} // namespace detail
} // namespace cleave
