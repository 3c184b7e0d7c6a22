// SPDX-License-Identifier: Apache-2.0
// The search for a plan within a memory budget. Every attempt is a constant of its own, so that each has the compiler's
// whole budget of steps, and none is computed for a program that has no budget or fits it as written.
#pragma once

#include <cleave/passes/front.hpp>
#include <cleave/passes/localize.hpp>
#include <cleave/passes/remat.hpp>
#include <cleave/passes/reorder.hpp>

namespace cleave::detail {

template <class Program>
concept has_memory_budget = requires { Program::memory_budget; };

/// The program as written, as the device with most rows has it.
template <class Program>
constexpr auto run_written() {
  return localize(cleaned<Program>, Program::budget_rows);
}
template <class Program>
inline constexpr auto written = run_written<Program>();
template <class Program>
inline constexpr extent written_bytes = planned_bytes(written<Program>.view());

/// In another order of kernels.
template <int Nodes>
struct KernelOrder {
  Id roots[detail::room_for(Nodes)]{}; ///< of each node, FusedGraph::root
  Id kernels[detail::room_for(Nodes)]{};
  int count = 0;
};
template <class Program>
constexpr auto run_order() {
  KernelOrder<written<Program>.size()> made;
  const GraphView graph = written<Program>.view();
  fuse(graph, made.roots);
  for (const Id kernel : ListScheduler(graph, made.roots).run()) {
    made.kernels[made.count++] = kernel;
  }
  return made;
}
template <class Program>
inline constexpr auto kernel_order = run_order<Program>();
template <class Program>
constexpr auto run_reordered() {
  const auto& order = kernel_order<Program>;
  return freeze<cleaned<Program>.size(), cleaned<Program>.result_count()>(
      reorder(cleaned<Program>.view(), order.roots, order.kernels, order.count));
}
template <class Program>
inline constexpr auto reordered = run_reordered<Program>();
template <class Program>
constexpr auto run_reordered_local() {
  return localize(reordered<Program>, Program::budget_rows);
}
template <class Program>
inline constexpr auto reordered_local = run_reordered_local<Program>();
template <class Program>
inline constexpr extent reordered_bytes = planned_bytes(reordered_local<Program>.view());

/// The better of the two orders, of the whole batch and of the device with most rows.
template <class Program>
inline constexpr bool reorders = reordered_bytes<Program> < written_bytes<Program>;
template <class Program>
constexpr GraphView in_order() {
  if constexpr (reorders<Program>) {
    return reordered<Program>.view();
  } else {
    return cleaned<Program>.view();
  }
}
template <class Program>
constexpr GraphView in_order_local() {
  if constexpr (reorders<Program>) {
    return reordered_local<Program>.view();
  } else {
    return written<Program>.view();
  }
}
template <class Program>
inline constexpr extent bytes_in_order = reorders<Program> ? reordered_bytes<Program> : written_bytes<Program>;

/// With the first `Count` segments computed again.
template <int Nodes>
struct Ranks {
  int of[detail::room_for(Nodes)]{};
  int segments = 0;
};
template <class Program>
constexpr auto run_ranks() {
  Ranks<written<Program>.size()> made;
  const GraphView graph = in_order_local<Program>();
  made.segments = Recomputation(graph).rank(made.of);
  return made;
}
template <class Program>
inline constexpr auto ranks = run_ranks<Program>();
template <class Program, int Count>
constexpr extent run_bytes_with() {
  const GraphBuffer graph = recompute(in_order_local<Program>(), ranks<Program>.of, Count);
  return planned_bytes(graph.view());
}
template <class Program, int Count>
inline constexpr extent bytes_with = run_bytes_with<Program, Count>();

/// The fewest segments that are enough, if more are never worse; in any case a number that is enough.
template <class Program, int TooFew, int Enough>
constexpr int search_enough() {
  if constexpr (Enough - TooFew <= 1) {
    return Enough;
  } else {
    constexpr int middle = (TooFew + Enough) / 2;
    if constexpr (bytes_with<Program, middle> <= Program::memory_budget) {
      return search_enough<Program, TooFew, middle>();
    } else {
      return search_enough<Program, middle, Enough>();
    }
  }
}

/// A graph whose plan fits the program's memory budget: what the arenas of the device with `budget_rows` rows may have
/// together, in bytes. The graph as written if it fits; else in another order of kernels, where that is smaller; else
/// with elementwise values computed again in the backward pass, as few as found to be enough. Where nothing fits, the
/// fault budget_exceeded says the smallest plan found. Plans the memory log2(segments) + 3 times at most.
template <class Program>
constexpr GraphBuffer fit_budget() {
  constexpr extent budget = Program::memory_budget;
  if constexpr (cleaned<Program>.fault.rule != Rule::none || written_bytes<Program> <= budget) {
    return GraphBuffer(cleaned<Program>.view());
  } else if constexpr (bytes_in_order<Program> <= budget) {
    return GraphBuffer(in_order<Program>());
  } else {
    constexpr int all = ranks<Program>.segments;
    constexpr extent least =
        bytes_with<Program, all> < bytes_in_order<Program> ? bytes_with<Program, all> : bytes_in_order<Program>;
    if constexpr (bytes_with<Program, all> <= budget) {
      const GraphBuffer graph = recompute(in_order<Program>(), ranks<Program>.of, search_enough<Program, 0, all>());
      return dce(graph.view());
    } else {
      GraphBuffer graph(in_order<Program>());
      graph.report(budget_fault(least, budget));
      return graph;
    }
  }
}

} // namespace cleave::detail
