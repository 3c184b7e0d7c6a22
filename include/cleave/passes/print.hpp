// SPDX-License-Identifier: Apache-2.0
// Plans and schedules as text, to compare in static_assert: `printed_plan<Program, Rows>`, `printed_schedule<...>`.
#pragma once

#include <cleave/graph/print.hpp>
#include <cleave/passes/pipeline.hpp>

namespace cleave {

constexpr const char* name_of(ArenaId arena) {
  switch (arena) {
  case ArenaId::parameters:
    return "parameters";
  case ArenaId::gradients:
    return "gradients";
  case ArenaId::inputs:
    return "inputs";
  case ArenaId::activations:
    return "activations";
  }
  return "?";
}

namespace detail {

/// One line a value in memory, `%7 activations 128..192 kernels 3..5 "fc1"`, then the arenas. A value that nothing
/// writes has no kernels; a result is alive to the end.
constexpr TextWriter print_memory(const GraphView& graph, const Id* roots, const Location* at,
                                  const extent* arena_bytes, extent bound) {
  TextWriter out;
  const Liveness live = liveness(graph, roots);
  for (Id id = 0; id < graph.size; ++id) {
    const Node& node = graph[id];
    const bool leaf = node.op->kind == OpKind::leaf;
    if (leaf ? is_op<NumberLeaf>(node) : roots[id] != id) {
      continue;
    }
    out << '%' << id << ' ' << cleave::name_of(at[id].arena) << ' ' << at[id].offset << ".."
        << at[id].offset + node.bytes();
    if (!leaf) {
      out << " kernels " << live.step_of[id] << "..";
      if (live.last_use[id] < live.steps) {
        out << live.last_use[id];
      } else {
        out << "end";
      }
    }
    if (node.is_named()) {
      out << " \"" << node.name << '"';
    }
    out << '\n';
  }
  for (int arena = 0; arena < arena_count; ++arena) {
    out << cleave::name_of(static_cast<ArenaId>(arena)) << ": " << arena_bytes[arena] << " bytes\n";
  }
  out << "bound of the activations: " << bound << " bytes\n";
  return out;
}

/// One line a bucket with its gradients and waits, then when parameters may change.
constexpr TextWriter print_schedule(const GraphView& graph, const ScheduleView& schedule) {
  TextWriter out;
  out << schedule.kernels << " kernels on " << schedule.device_count << " devices\n";
  for (int b = 0; b < schedule.bucket_count; ++b) {
    const Bucket& bucket = schedule.buckets[b];
    out << "bucket " << b << " bytes " << bucket.begin << ".." << bucket.end << ':';
    for (int i = bucket.first; i < bucket.first + bucket.count; ++i) {
      out << ' ' << graph[schedule.gradients[i].parameter].name << '@' << schedule.gradients[i].kernel;
    }
    out << "; wait";
    for (int i = 0; i < schedule.wait_count; ++i) {
      if (schedule.waits[i].bucket == b) {
        out << " device " << schedule.waits[i].device << " kernel " << schedule.waits[i].kernel;
      }
    }
    out << '\n';
  }
  out << "commit; wait";
  for (int device = 0; device < schedule.device_count; ++device) {
    out << " device " << schedule.commits[device].device << " kernel " << schedule.commits[device].kernel;
  }
  out << '\n';
  return out;
}

template <class Program, extent Rows>
struct PlanText {
  static constexpr TextWriter print() {
    const auto& plan = memory<Program, Rows>;
    return print_memory(localized<Program, Rows>.view(), fused<Program>.root, plan.at, plan.arena_bytes,
                        plan.activation_bound);
  }
};

template <class Program, extent Rows, int Devices, extent BucketBytes>
struct ScheduleText {
  static constexpr TextWriter print() {
    return print_schedule(graph<Program>.view(), cleave::schedule<Program, Rows, Devices, BucketBytes>.view());
  }
};

} // namespace detail

/// The memory plan of a device with `Rows` rows as text.
template <class Program, extent Rows>
inline constexpr const auto& printed_plan = printed<detail::PlanText<Program, Rows>>;

/// The schedule of a step as text.
template <class Program, extent Rows, int Devices, extent BucketBytes = default_bucket_bytes>
inline constexpr const auto& printed_schedule = printed<detail::ScheduleText<Program, Rows, Devices, BucketBytes>>;

} // namespace cleave
