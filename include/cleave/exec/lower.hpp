// SPDX-License-Identifier: Apache-2.0
// Values become types: each fused chain of a graph is turned into a Fused type, whose loop is instantiated here.
#pragma once

#include <cleave/device/team.hpp>
#include <cleave/passes/pipeline.hpp>

namespace cleave::detail {

/// Runs a fused chain as a kernel: sizes = {loops, extents...}; bit l of masks[k]: leaf k moves along loop l. One of
/// the loops is shared among the threads of the device where that is worth it.
template <class F>
struct ChainKernel;

template <class T, int... Mode, class... Statements>
struct ChainKernel<Fused<T, Leaves<Mode...>, Statements...>> {
  static constexpr int leaf_count = sizeof...(Mode);
  /// What one thread takes, roughly: users' flags give vectors of four floats at least, two of them a cycle.
  static constexpr double flops_per_ns = 8;
  static constexpr double bytes = static_cast<double>(sizeof(T)) * (1. + ... + (Mode == leaf_number ? 0. : 1.));
  static constexpr double ns_an_element =
      bytes / bytes_per_ns + (0. + ... + static_cast<double>(Statements::op::flops)) / flops_per_ns;
  using Run = RunFused<Fused<T, Leaves<Mode...>, Statements...>>;

  struct Work {
    T* out = nullptr;
    const T* leaf[sizeof...(Mode)] = {};
    T number[sizeof...(Mode)] = {};
    LoopNest nest;
    int shared_loop = 0;
  };
  static void run_part(void* context, extent first, extent last) {
    Work part = *static_cast<const Work*>(context);
    const int loop = part.shared_loop;
    part.nest.extents[loop] = last - first;
    part.out += first * part.nest.out_strides[loop];
    for (int k = 0; k < leaf_count; ++k) {
      part.leaf[k] += first * part.nest.leaf_strides[k][loop];
    }
    Run::run(part.out, part.leaf, part.number, part.nest);
  }
  /// The outermost loop that gives every thread several turns, else the longest.
  static int loop_to_share(const LoopNest& nest, int threads) {
    int longest = 0;
    for (int i = 0; i < nest.loops; ++i) {
      if (nest.extents[i] >= extent(4) * threads) {
        return i;
      }
      longest = nest.extents[i] > nest.extents[longest] ? i : longest;
    }
    return longest;
  }

  static void run(std::byte* const* arenas, const KernelArguments& call) {
    Work work;
    LoopNest& nest = work.nest;
    nest.loops = static_cast<int>(call.sizes[0]);
    extent out_stride = 1;
    extent leaf_stride[max_leaves];
    for (int k = 0; k < leaf_count; ++k) {
      leaf_stride[k] = 1;
    }
    for (int i = nest.loops - 1; i >= 0; --i) {
      const extent count = call.sizes[1 + i];
      nest.extents[i] = count;
      nest.out_strides[i] = out_stride;
      out_stride *= count;
      for (int k = 0; k < leaf_count; ++k) {
        if (((call.masks[k] >> i) & 1) != 0) {
          nest.leaf_strides[k][i] = leaf_stride[k];
          leaf_stride[k] *= count;
        }
      }
    }
    constexpr int modes[] = {Mode...};
    for (int k = 0; k < leaf_count; ++k) {
      work.leaf[k] = modes[k] == leaf_number ? nullptr : call.operand<T>(arenas, k + 1);
      work.number[k] = static_cast<T>(call.numbers[k]);
    }
    work.out = call.result<T>(arenas);
    if (Team* const team = current_team(); team != nullptr && nest.loops > 0) {
      work.shared_loop = loop_to_share(nest, team->threads());
      const extent count = nest.extents[work.shared_loop];
      const extent pieces = team->worthwhile_pieces(count, static_cast<double>(out_stride) * ns_an_element);
      if (pieces > 1) {
        team->run(count, pieces, &run_part, &work);
        return;
      }
    }
    Run::run(work.out, work.leaf, work.number, nest);
  }
};

/// The nodes that are kernels, in order.
template <int Kernels>
struct Roots {
  Id id[room_for(Kernels)]{};
};

template <class Program>
constexpr auto find_roots() {
  Roots<fused<Program>.kernels> found;
  int count = 0;
  for (Id id = 0; id < graph<Program>.size(); ++id) {
    if (fused<Program>.root[id] == id) {
      found.id[count++] = id;
    }
  }
  return found;
}
template <class Program>
inline constexpr auto roots = find_roots<Program>();

template <class Program>
constexpr auto find_starts() {
  return chain_starts(fused<Program>);
}
template <class Program>
inline constexpr auto starts = find_starts<Program>();

template <class Program, int Kernel>
inline constexpr Chain chain = chain_of(graph<Program>.view(), fused<Program>.root, roots<Program>.id[Kernel],
                                        starts<Program>.first[roots<Program>.id[Kernel]]);

template <class Program, int Kernel, int Statement>
struct LowerStatement {
  static constexpr Id node = chain<Program, Kernel>.statements[Statement];
  template <int... K>
  static auto make(std::integer_sequence<int, K...>)
      -> cleave::Statement<typename op_of<graph<Program>.nodes[node].op>::type,
                           chain<Program, Kernel>.operands[Statement][K]...>;
  using type = decltype(make(std::make_integer_sequence<int, graph<Program>.nodes[node].operand_count>{}));
};

template <class Program, int Kernel>
struct LowerChain {
  template <int... S, int... K>
  static auto make(std::integer_sequence<int, S...>, std::integer_sequence<int, K...>)
      -> Fused<element_t<graph<Program>.nodes[roots<Program>.id[Kernel]].dtype>,
               Leaves<chain<Program, Kernel>.modes[K]...>, typename LowerStatement<Program, Kernel, S>::type...>;
  using type = decltype(make(std::make_integer_sequence<int, chain<Program, Kernel>.statement_count>{},
                             std::make_integer_sequence<int, chain<Program, Kernel>.leaf_count>{}));
};

/// The function of one kernel; the same for every number of rows.
template <class Program, int Index>
constexpr Kernel kernel_of() {
  constexpr Id id = roots<Program>.id[Index];
  if constexpr (graph<Program>.nodes[id].op->kind == OpKind::elementwise) {
    return &ChainKernel<typename LowerChain<Program, Index>::type>::run;
  } else {
    return graph<Program>.nodes[id].op->lower(graph<Program>.view(), id).kernel;
  }
}

template <int Count>
struct KernelList {
  Kernel of[room_for(Count)];
};

template <class Program, int... Index>
constexpr auto list_kernels(std::integer_sequence<int, Index...> /*kernels*/) {
  return KernelList<sizeof...(Index)>{{kernel_of<Program, Index>()...}};
}
template <class Program>
constexpr auto list_kernels() {
  return list_kernels<Program>(std::make_integer_sequence<int, fused<Program>.kernels>{});
}

template <class Program>
inline constexpr auto kernels_of = list_kernels<Program>();

} // namespace cleave::detail
