// SPDX-License-Identifier: Apache-2.0
// Runs a differentiated program node by node, each value in full and in memory of its own: the oracle for simplifying,
// merging, fusing, scheduling and memory planning, none of which it uses. It shares with them the operations' own rules
// and kernels, so those it says nothing about.
#pragma once

#include "runner.hpp"

#include <cleave/passes/gradient.hpp>

#include <limits>
#include <utility>

namespace test {

namespace detail {
using Apply = double (*)(const double* operands);

template <class Op, int... K>
double apply(const double* operands, std::integer_sequence<int, K...> /*unused*/) {
  return static_cast<double>(Op::apply(operands[K]...));
}
/// An elementwise node's operation on numbers; null for other nodes.
template <class Program, cleave::Id At>
constexpr Apply apply_of() {
  constexpr auto& node = cleave::differentiated<Program>.nodes[At];
  if constexpr (node.op->kind == cleave::OpKind::elementwise) {
    return [](const double* operands) {
      return apply<typename cleave::op_of<node.op>::type>(operands,
                                                          std::make_integer_sequence<int, node.operand_count>{});
    };
  } else {
    return nullptr;
  }
}
} // namespace detail

/// A program whose nodes are all of doubles (random keys aside), on one device, its accumulated gradients starting at
/// 0.
template <class Program, cleave::extent Rows>
class Interpreter {
  static constexpr auto graph = cleave::detail::localize(cleave::differentiated<Program>, Rows);
  using Ids = std::make_integer_sequence<cleave::Id, graph.size()>;

public:
  Interpreter() {
    std::size_t bytes = 0;
    for (cleave::Id id = 0; id < graph.size(); ++id) {
      offsets_.push_back(bytes);
      bytes += (static_cast<std::size_t>(graph.nodes[id].dims.size()) * sizeof(double) + key_bytes) /
                   cleave::alignment * cleave::alignment +
               cleave::alignment;
    }
    block_ = cleave::Arena(bytes + cleave::alignment);
    for (auto& base : bases_) {
      base = block_.data();
    }
    for (cleave::Id id = 0; id < graph.size(); ++id) {
      const cleave::Node& node = graph.nodes[id];
      if (cleave::is_op<cleave::RandomKeyLeaf>(node) || cleave::is_op<cleave::AccumulatedLeaf>(node)) {
        std::memset(at(id), 0, key_bytes + static_cast<std::size_t>(node.dims.size()) * sizeof(double));
      } else {
        std::fill_n(at(id), node.dims.size(), std::numeric_limits<double>::quiet_NaN());
      }
      if (cleave::is_op<cleave::NumberLeaf>(node)) {
        *at(id) = node.attributes.number;
      } else if (cleave::is_op<cleave::BatchRowsLeaf>(node)) {
        *at(id) = static_cast<double>(Rows);
      }
    }
  }

  void set(const std::string& name, const Numbers& values) {
    for (cleave::Id id = 0; id < graph.size(); ++id) {
      if (graph.nodes[id].op->kind == cleave::OpKind::leaf && name == graph.nodes[id].name) {
        std::copy(values.begin(), values.end(), at(id));
      }
    }
  }
  void run() { run(Ids{}); }

  [[nodiscard]] Numbers output(int index) const {
    for (const cleave::Result& result : graph.results) {
      if (result.role == cleave::Role::output && index-- == 0) {
        return read(result.node);
      }
    }
    throw std::logic_error("Interpreter: no such output");
  }
  /// By the name of what was differentiated by.
  [[nodiscard]] std::vector<std::pair<std::string, Numbers>> gradients() const {
    std::vector<std::pair<std::string, Numbers>> all;
    for (const cleave::Result& result : graph.results) {
      if (result.role != cleave::Role::output && result.of != cleave::no_id) {
        all.emplace_back(graph.nodes[result.of].name, read(result.node));
      }
    }
    return all;
  }

private:
  static constexpr std::size_t key_bytes = 3 * sizeof(std::int64_t);

  template <cleave::Id... I>
  void run(std::integer_sequence<cleave::Id, I...> /*unused*/) {
    static constexpr detail::Apply table[] = {detail::apply_of<Program, I>()...};
    for (cleave::Id id = 0; id < graph.size(); ++id) {
      if (table[id] != nullptr) {
        run_elementwise(id, table[id]);
      } else if (graph.nodes[id].op->kind != cleave::OpKind::leaf) {
        run_kernel(id);
      }
    }
  }
  void run_elementwise(cleave::Id id, detail::Apply apply) {
    const cleave::Node& node = graph.nodes[id];
    for (cleave::extent element = 0; element < node.dims.size(); ++element) {
      cleave::extent index[cleave::max_rank];
      cleave::extent rest = element;
      for (int d = node.dims.rank - 1; d >= 0; --d) {
        index[d] = rest % node.dims.extents[d];
        rest /= node.dims.extents[d];
      }
      double operands[cleave::max_operands];
      for (int k = 0; k < node.operand_count; ++k) {
        const cleave::Dims& from = graph.nodes[node.operands[k]].dims;
        cleave::extent position = 0;
        for (int d = 0; d < from.rank; ++d) {
          position = position * from.extents[d] + index[node.dims.index_of(from.letters[d])];
        }
        operands[k] = at(node.operands[k])[position];
      }
      at(id)[element] = apply(operands);
    }
  }
  void run_kernel(cleave::Id id) {
    const cleave::Node& node = graph.nodes[id];
    const cleave::KernelCall call = node.op->lower(graph.view(), id);
    cleave::KernelArguments arguments;
    arguments.operands[0] = where(id);
    for (int k = 0; k < node.operand_count; ++k) {
      arguments.operands[k + 1] = where(node.operands[k]);
    }
    std::copy(std::begin(call.sizes), std::end(call.sizes), std::begin(arguments.sizes));
    std::copy(std::begin(call.numbers), std::end(call.numbers), std::begin(arguments.numbers));
    std::copy(std::begin(call.masks), std::end(call.masks), std::begin(arguments.masks));
    call.kernel(bases_, arguments);
  }

  [[nodiscard]] cleave::Location where(cleave::Id id) const {
    return {static_cast<cleave::extent>(offsets_[static_cast<std::size_t>(id)]), cleave::ArenaId::parameters};
  }
  [[nodiscard]] double* at(cleave::Id id) const {
    return reinterpret_cast<double*>(bases_[0] + offsets_[static_cast<std::size_t>(id)]);
  }
  [[nodiscard]] Numbers read(cleave::Id id) const { return {at(id), at(id) + graph.nodes[id].dims.size()}; }

  std::vector<std::size_t> offsets_;
  cleave::Arena block_;
  std::byte* bases_[cleave::arena_count]{};
};

} // namespace test
