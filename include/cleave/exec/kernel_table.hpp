// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/exec/lower.hpp>

namespace cleave {

/// One kernel call of a device's program, ready to run.
struct Step {
  Kernel kernel = nullptr;
  KernelArguments arguments{};
};

template <int Kernels>
struct KernelTable {
  Step steps[detail::room_for(Kernels)]{};
  int count = Kernels;
  int forward = 0; ///< steps before it are the forward pass
};

namespace detail {

template <class Program, extent Rows>
constexpr auto make_table() {
  KernelTable<fused<Program>.kernels> table;
  table.forward = fused<Program>.forward_kernels;
  const GraphView graph = localized<Program, Rows>.view();
  const auto& plan = memory<Program, Rows>;
  for (int i = 0; i < fused<Program>.kernels; ++i) {
    const Id id = roots<Program>.id[i];
    const Node& node = graph[id];
    Step& step = table.steps[i];
    KernelArguments& call = step.arguments;
    step.kernel = kernels_of<Program>.of[i];
    call.operands[0] = plan.at[id];
    if (node.op->kind == OpKind::elementwise) {
      const Chain chain = chain_of(graph, fused<Program>.root, id, starts<Program>.first[id]);
      Dims dims[max_leaves]{};
      for (int k = 0; k < chain.leaf_count; ++k) {
        const Node& leaf = graph[chain.leaves[k]];
        dims[k] = leaf.dims;
        call.operands[k + 1] = plan.at[chain.leaves[k]];
        call.numbers[k] = leaf.attributes.number;
      }
      const ChainLoops loops = chain_loops(node.dims, dims, chain.leaf_count);
      call.sizes[0] = loops.loops;
      for (int l = 0; l < loops.loops; ++l) {
        call.sizes[1 + l] = loops.extents[l];
      }
      for (int k = 0; k < chain.leaf_count; ++k) {
        call.masks[k] = static_cast<std::uint8_t>(loops.present[k]);
      }
    } else {
      const KernelCall lowered = node.op->lower(graph, id);
      for (int k = 0; k < node.operand_count; ++k) {
        call.operands[k + 1] = plan.at[node.operands[k]];
      }
      for (int k = 0; k < max_kernel_sizes; ++k) {
        call.sizes[k] = lowered.sizes[k];
      }
      for (int k = 0; k + 1 < max_kernel_operands; ++k) {
        call.numbers[k] = lowered.numbers[k];
        call.masks[k] = lowered.masks[k];
      }
    }
  }
  return table;
}

} // namespace detail

/// What is left of a program at run time: one constant table a number of rows.
template <class Program, extent Rows>
inline constexpr auto kernel_table = detail::make_table<Program, Rows>();

} // namespace cleave
