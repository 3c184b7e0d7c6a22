// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/graph/leaf.hpp>
#include <cleave/tensor/fused.hpp>

namespace cleave {

/// Which kernel computes each node: `root[id] == id` where the node's value is written to memory by a kernel of its
/// own, another id where it is a statement of that node's fused chain, no_id for leaves.
template <int Nodes>
struct FusedGraph {
  Id root[detail::room_for(Nodes)]{};
  int kernels = 0;
  int forward_kernels = 0; ///< those before it compute the forward pass
};

/// One fused chain as values: what becomes a `Fused` type.
struct Chain {
  Id statements[detail::max_statements]{};              ///< nodes in order; the last is the root
  int operands[detail::max_statements][max_operands]{}; ///< statement index, or -1 - leaf
  int statement_count = 0;
  Id leaves[detail::max_leaves]{};
  int modes[detail::max_leaves]{};
  int leaf_count = 0;
};

namespace detail {

struct KernelCount {
  int all = 0;
  int forward = 0;
};

/// Groups elementwise nodes: a node joins its users' chain when all its users are in that one chain, have its shape,
/// and nobody else needs its value. Decided from the last node to the first; linear. `roots` has room for every node.
constexpr KernelCount fuse(const GraphView& graph, Id* roots) {
  KernelCount kernels;
  Vector<Id> user_root(graph.size, no_id); // the chain of all users so far
  Vector<bool> alone(graph.size, false);   // must be written to memory
  Vector<int> statements(graph.size, 0);
  Vector<int> leaves(graph.size, 0);
  for (int i = 0; i < graph.result_count; ++i) {
    alone[graph.results[i].node] = true;
  }
  for (Id id = graph.size - 1; id >= 0; --id) {
    const Node& node = graph[id];
    if (node.op->kind == OpKind::leaf) {
      roots[id] = no_id;
      continue;
    }
    const Id chain = user_root[id];
    const bool joins = node.op->kind == OpKind::elementwise && !alone[id] && chain != no_id &&
                       graph[chain].op->kind == OpKind::elementwise && graph[chain].dims == node.dims &&
                       graph[chain].dtype == node.dtype && statements[chain] < max_statements &&
                       leaves[chain] + node.operand_count - 1 <= max_leaves;
    const Id root = joins ? chain : id;
    roots[id] = root;
    kernels.all += joins ? 0 : 1;
    kernels.forward += !joins && id < graph.forward_size ? 1 : 0;
    statements[root] += 1;
    leaves[root] += joins ? node.operand_count - 1 : node.operand_count;
    for (int k = 0; k < node.operand_count; ++k) {
      const Id operand = node.operands[k];
      if (user_root[operand] != no_id && user_root[operand] != root) {
        alone[operand] = true;
      }
      user_root[operand] = root;
    }
  }
  return kernels;
}

template <int Nodes>
constexpr FusedGraph<Nodes> fuse(const GraphView& graph) {
  FusedGraph<Nodes> fused;
  const KernelCount kernels = fuse(graph, fused.root);
  fused.kernels = kernels.all;
  fused.forward_kernels = kernels.forward;
  return fused;
}

/// The merged loops of a chain, from which axes each leaf has: extents cannot change them, so every slice of a batch
/// gets the same type. Bit l of present[k]: leaf k moves along loop l.
struct ChainLoops {
  int loops = 0;
  extent extents[max_rank]{};
  unsigned present[max_leaves]{};
};

constexpr ChainLoops chain_loops(const Dims& out, const Dims* leaves, int leaf_count) {
  ChainLoops merged;
  unsigned previous = 0;
  for (int i = 0; i < out.rank; ++i) {
    unsigned pattern = 0;
    for (int k = 0; k < leaf_count; ++k) {
      pattern |= leaves[k].has(out.letters[i]) ? 1U << static_cast<unsigned>(k) : 0U;
    }
    if (merged.loops > 0 && pattern == previous) {
      merged.extents[merged.loops - 1] *= out.extents[i];
      continue;
    }
    for (int k = 0; k < leaf_count; ++k) {
      if (((pattern >> static_cast<unsigned>(k)) & 1U) != 0) {
        merged.present[k] |= 1U << static_cast<unsigned>(merged.loops);
      }
    }
    merged.extents[merged.loops++] = out.extents[i];
    previous = pattern;
  }
  return merged;
}

/// Lists the statements and leaves of the chain whose root is `root`; `roots` is FusedGraph::root.
constexpr Chain chain_of(const GraphView& graph, const Id* roots, Id root, Id first) {
  Chain chain;
  for (Id id = first; id <= root; ++id) {
    if (roots[id] != root) {
      continue;
    }
    const int statement = chain.statement_count++;
    chain.statements[statement] = id;
    const Node& node = graph[id];
    for (int k = 0; k < node.operand_count; ++k) {
      const Id operand = node.operands[k];
      int reference = 0;
      if (roots[operand] == root) {
        while (chain.statements[reference] != operand) {
          ++reference;
        }
      } else {
        int leaf = 0;
        while (leaf < chain.leaf_count && chain.leaves[leaf] != operand) {
          ++leaf;
        }
        if (leaf == chain.leaf_count) {
          chain.leaves[chain.leaf_count++] = operand;
        }
        reference = -1 - leaf;
      }
      chain.operands[statement][k] = reference;
    }
  }
  Dims dims[max_leaves]{};
  for (int k = 0; k < chain.leaf_count; ++k) {
    dims[k] = graph[chain.leaves[k]].dims;
  }
  const ChainLoops loops = chain_loops(graph[root].dims, dims, chain.leaf_count);
  for (int k = 0; k < chain.leaf_count; ++k) {
    const bool moves = loops.loops > 0 && ((loops.present[k] >> static_cast<unsigned>(loops.loops - 1)) & 1U) != 0;
    const bool number = is_op<NumberLeaf>(graph[chain.leaves[k]]);
    if (number) {
      chain.modes[k] = leaf_number;
    } else {
      chain.modes[k] = moves ? leaf_unit : leaf_repeat;
    }
  }
  return chain;
}

/// The first node of each chain, so that listing one need not scan the whole graph; no_id where `id` is no root.
template <int Nodes>
struct ChainStarts {
  Id first[detail::room_for(Nodes)]{};
};

template <int Nodes>
constexpr ChainStarts<Nodes> chain_starts(const FusedGraph<Nodes>& fused) {
  ChainStarts<Nodes> starts;
  for (Id id = 0; id < Nodes; ++id) {
    starts.first[id] = no_id;
  }
  for (Id id = 0; id < Nodes; ++id) {
    const Id root = fused.root[id];
    if (root != no_id && starts.first[root] == no_id) {
      starts.first[root] = id;
    }
  }
  return starts;
}

} // namespace detail
} // namespace cleave
