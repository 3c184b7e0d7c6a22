// SPDX-License-Identifier: Apache-2.0
// From a program to its plan: one constant a pass, keyed by the program's type, so that every pass has a step budget
// of its own and symbols stay short. A program is a type with
//   static constexpr void trace(Builder&);                                   appends nodes, lists outputs
//   static constexpr GradientRequest request(const char* name, bool is_parameter);
//   static constexpr bool differentiated;
// Everything up to fusion is done once at the global batch; only memory depends on a device's rows.
#pragma once

#include <cleave/passes/cse.hpp>
#include <cleave/passes/dce.hpp>
#include <cleave/passes/differentiate.hpp>
#include <cleave/passes/fuse.hpp>
#include <cleave/passes/localize.hpp>
#include <cleave/passes/memory_plan.hpp>
#include <cleave/passes/place.hpp>
#include <cleave/passes/simplify.hpp>

// (Each variable's initialiser is one call without arguments: nvcc 13 fails on nested calls that deduce `auto`.)
namespace cleave {
namespace detail {

template <class Program>
constexpr GraphBuffer run_trace() {
  Builder builder;
  Program::trace(builder);
  GraphBuffer graph = builder.graph();
  graph.forward_size = graph.nodes.size();
  return graph;
}
template <class Program>
inline constexpr GraphSize traced_size = size_of_graph(run_trace<Program>());
template <class Program>
constexpr auto freeze_traced() {
  return freeze<traced_size<Program>.nodes, traced_size<Program>.results>(run_trace<Program>());
}

} // namespace detail

/// The program as written.
template <class Program>
inline constexpr auto traced = detail::freeze_traced<Program>();

namespace detail {

template <class Program>
constexpr GraphBuffer run_differentiate() {
  if constexpr (Program::differentiated) {
    return differentiate(traced<Program>.view(), &Program::request);
  } else {
    return GraphBuffer(traced<Program>.view());
  }
}
template <class Program>
inline constexpr GraphSize differentiated_size = size_of_graph(run_differentiate<Program>());
template <class Program>
constexpr auto freeze_differentiated() {
  return freeze<differentiated_size<Program>.nodes, differentiated_size<Program>.results>(run_differentiate<Program>());
}

} // namespace detail

/// With the derivatives appended.
template <class Program>
inline constexpr auto differentiated = detail::freeze_differentiated<Program>();

namespace detail {

template <class Program>
inline constexpr GraphSize simplified_size = size_of_graph(simplify(differentiated<Program>.view()));
template <class Program>
constexpr auto freeze_simplified() {
  return freeze<simplified_size<Program>.nodes, simplified_size<Program>.results>(
      simplify(differentiated<Program>.view()));
}

} // namespace detail

/// With the laws of operations applied.
template <class Program>
inline constexpr auto simplified = detail::freeze_simplified<Program>();

namespace detail {

template <class Program>
inline constexpr GraphSize merged_size = size_of_graph(cse(simplified<Program>.view()));
template <class Program>
constexpr auto freeze_merged() {
  return freeze<merged_size<Program>.nodes, merged_size<Program>.results>(cse(simplified<Program>.view()));
}

} // namespace detail

/// With equal nodes joined.
template <class Program>
inline constexpr auto merged = detail::freeze_merged<Program>();

namespace detail {

template <class Program>
inline constexpr GraphSize graph_size = size_of_graph(dce(merged<Program>.view()));
template <class Program>
constexpr auto freeze_graph() {
  return freeze<graph_size<Program>.nodes, graph_size<Program>.results>(dce(merged<Program>.view()));
}

} // namespace detail

/// What runs: without dead nodes, every result in memory of its own.
template <class Program>
inline constexpr auto graph = detail::freeze_graph<Program>();

namespace detail {

template <class Program>
constexpr auto run_place() {
  return place<graph<Program>.size()>(graph<Program>.view());
}
template <class Program>
constexpr auto run_fuse() {
  return fuse<graph<Program>.size()>(graph<Program>.view());
}
template <class Program, extent Rows>
constexpr auto run_localize() {
  return localize(graph<Program>, Rows);
}

} // namespace detail

/// The placement of every node.
template <class Program>
inline constexpr auto placements = detail::run_place<Program>();

/// The first rule the program breaks, if any.
template <class Program>
inline constexpr Fault fault_of = placements<Program>.fault;

/// Which nodes run in one loop.
template <class Program>
inline constexpr auto fused = detail::run_fuse<Program>();

/// The program of a device with `Rows` rows of the batch.
template <class Program, extent Rows>
inline constexpr auto localized = detail::run_localize<Program, Rows>();

namespace detail {

template <class Program, extent Rows>
constexpr auto run_memory_plan() {
  return memory_plan(localized<Program, Rows>.view(), fused<Program>);
}
template <class Program, extent Rows>
constexpr auto run_plan_cost() {
  return plan_cost(localized<Program, Rows>.view(), fused<Program>);
}

} // namespace detail

/// Where that device's values lie.
template <class Program, extent Rows>
inline constexpr auto memory = detail::run_memory_plan<Program, Rows>();

/// What that device's program costs.
template <class Program, extent Rows>
inline constexpr auto cost = detail::run_plan_cost<Program, Rows>();

} // namespace cleave
