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
constexpr GraphBuffer run_dce() {
  return dce(merged<Program>.view());
}
template <class Program>
inline constexpr GraphSize cleaned_size = size_of_graph(run_dce<Program>());
template <class Program>
constexpr auto freeze_cleaned() {
  return freeze<cleaned_size<Program>.nodes, cleaned_size<Program>.results>(run_dce<Program>());
}
template <class Program>
inline constexpr auto cleaned = freeze_cleaned<Program>();

} // namespace detail
} // namespace cleave
