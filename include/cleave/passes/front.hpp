// SPDX-License-Identifier: Apache-2.0
// The passes that make a graph, as constants keyed by the program: traced, differentiated, simplified, merged, cleaned.
#pragma once

#include <cleave/passes/cse.hpp>
#include <cleave/passes/dce.hpp>
#include <cleave/passes/differentiate.hpp>
#include <cleave/passes/simplify.hpp>

// (Each variable's initialiser is one call without arguments: nvcc 13 fails on nested calls that deduce `auto`.)
namespace cleave {
namespace detail {

/// What a pass returns as a constant of exactly its size. The pass runs twice: once to know the size, once to fill it.
template <GraphBuffer (*Run)()>
inline constexpr GraphSize run_size = size_of_graph(Run());
template <GraphBuffer (*Run)()>
constexpr auto freeze_run() {
  return freeze<run_size<Run>.nodes, run_size<Run>.results>(Run());
}

template <class Program>
constexpr GraphBuffer run_trace() {
  Builder builder;
  Program::trace(builder);
  GraphBuffer graph = builder.graph();
  graph.forward_size = graph.nodes.size();
  return graph;
}

} // namespace detail

/// The program as written.
template <class Program>
inline constexpr auto traced = detail::freeze_run<&detail::run_trace<Program>>();

namespace detail {

template <class Program>
constexpr GraphBuffer run_differentiate() {
  if constexpr (Program::differentiated) {
    return differentiate(traced<Program>.view(), &Program::request);
  } else {
    return GraphBuffer(traced<Program>.view());
  }
}

} // namespace detail

/// With the derivatives appended.
template <class Program>
inline constexpr auto differentiated = detail::freeze_run<&detail::run_differentiate<Program>>();

namespace detail {

template <class Program>
constexpr GraphBuffer run_simplify() {
  return simplify(differentiated<Program>.view());
}

} // namespace detail

/// With the laws of operations applied.
template <class Program>
inline constexpr auto simplified = detail::freeze_run<&detail::run_simplify<Program>>();

namespace detail {

template <class Program>
constexpr GraphBuffer run_cse() {
  return cse(simplified<Program>.view());
}

} // namespace detail

/// With equal nodes joined.
template <class Program>
inline constexpr auto merged = detail::freeze_run<&detail::run_cse<Program>>();

namespace detail {

template <class Program>
constexpr GraphBuffer run_dce() {
  return dce(merged<Program>.view());
}
template <class Program>
inline constexpr auto cleaned = freeze_run<&run_dce<Program>>();

} // namespace detail
} // namespace cleave
