// SPDX-License-Identifier: Apache-2.0
// From a program to its plan: one constant a pass, keyed by the program's type, so that every pass has a step budget
// of its own and symbols stay short. A program is a type with
//   static constexpr void trace(Builder&);                                   appends nodes, lists outputs
//   static constexpr GradientRequest request(const char* name, bool is_parameter);
//   static constexpr bool differentiated;
// and, where a device's memory is limited,
//   static constexpr extent memory_budget;                                   bytes of all arenas of a device
//   static constexpr extent budget_rows;                                     rows of the device that has most
// Everything up to fusion is done once at the global batch; only memory depends on a device's rows.
#pragma once

#include <cleave/passes/cost.hpp>
#include <cleave/passes/fit_budget.hpp>
#include <cleave/passes/fuse.hpp>
#include <cleave/passes/localize.hpp>
#include <cleave/passes/memory_plan.hpp>
#include <cleave/passes/place.hpp>
#include <cleave/passes/schedule.hpp>

namespace cleave {
namespace detail {

/// Programs without a budget stop at dce and pay for no more.
template <class Program>
constexpr GraphBuffer run_graph() {
  if constexpr (has_memory_budget<Program>) {
    return fit_budget<Program>();
  } else {
    return run_dce<Program>();
  }
}

} // namespace detail

/// What runs: without dead nodes, every result in memory of its own, and within the memory budget where there is one.
template <class Program>
inline constexpr auto graph = detail::freeze_run<&detail::run_graph<Program>>();

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
  return plan_cost(localized<Program, Rows>.view(), fused<Program>.root);
}

template <class Program, extent Rows>
constexpr auto run_cost_table() {
  return make_cost_table<fused<Program>.kernels>(localized<Program, Rows>.view(), fused<Program>.root);
}

} // namespace detail

/// Where that device's values lie.
template <class Program, extent Rows>
inline constexpr auto memory = detail::run_memory_plan<Program, Rows>();

/// What that device's program costs.
template <class Program, extent Rows>
inline constexpr auto cost = detail::run_plan_cost<Program, Rows>();

/// The same, kernel by kernel.
template <class Program, extent Rows>
inline constexpr auto cost_table = detail::run_cost_table<Program, Rows>();

/// Gradients are summed over devices in buckets of at most this size: large enough that starting one costs little,
/// small enough that the first is ready early in the backward pass.
inline constexpr extent default_bucket_bytes = extent{1} << 18;

namespace detail {

template <class Program, extent Rows, extent BucketBytes>
inline constexpr ScheduleSize size_of_schedule =
    schedule_size(localized<Program, Rows>.view(), fused<Program>.root, memory<Program, Rows>.at, BucketBytes);
template <class Program, extent Rows, int Devices, extent BucketBytes>
constexpr auto run_schedule() {
  constexpr ScheduleSize size = size_of_schedule<Program, Rows, BucketBytes>;
  return make_schedule<fused<Program>.kernels, size.gradients, size.buckets, Devices>(
      localized<Program, Rows>.view(), fused<Program>.root, memory<Program, Rows>.at, BucketBytes);
}

} // namespace detail

/// When the devices of a group run what, and when a bucket of gradients may be summed over them. The same for every
/// number of rows, since parameters and gradients lie alike.
template <class Program, extent Rows, int Devices, extent BucketBytes = default_bucket_bytes>
inline constexpr auto schedule = detail::run_schedule<Program, Rows, Devices, BucketBytes>();

} // namespace cleave
