// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/passes/memory_plan.hpp>

namespace cleave {

/// A parameter's gradient on every device: where it lies in the gradient arena and the kernel that completes it.
struct GradientReady {
  Id parameter = no_id;
  extent begin = 0;
  extent bytes = 0;
  int kernel = -1;
};

/// Neighbouring gradients that are summed over devices together: a range of the gradient arena.
struct Bucket {
  extent begin = 0;
  extent end = 0;
  int first = 0; ///< of its gradients
  int count = 0;
  int ready = -1; ///< the kernel that completes the last of them
};

/// Before bucket `bucket` is read on device `device`, that device must have finished kernel `kernel`.
struct Wait {
  int bucket = 0;
  int device = 0;
  int kernel = -1;
};

/// A schedule wherever it is stored.
struct ScheduleView {
  const Id* order = nullptr; ///< roots of the kernels as every device runs them
  int kernels = 0;
  const GradientReady* gradients = nullptr; ///< as they lie in the arena
  int gradient_count = 0;
  const Bucket* buckets = nullptr;
  int bucket_count = 0;
  const Wait* waits = nullptr; ///< buckets in order, devices in order
  int wait_count = 0;
  const Wait* commits = nullptr; ///< one a device; no parameter may change before all of them
  int device_count = 0;
};

/// When each device computes what, and when its gradients may be read by others: constants.
template <int Kernels, int Gradients, int Buckets, int Devices>
struct Schedule {
  Id order[detail::room_for(Kernels)]{};
  GradientReady gradients[detail::room_for(Gradients)]{};
  Bucket buckets[detail::room_for(Buckets)]{};
  Wait waits[detail::room_for(Buckets * Devices)]{};
  Wait commits[detail::room_for(Devices)]{};

  [[nodiscard]] constexpr ScheduleView view() const {
    return {order, Kernels, gradients, Gradients, buckets, Buckets, waits, Buckets * Devices, commits, Devices};
  }
};

namespace detail {

/// The gradients of parameters as they lie in the arena, last layer first, which is about the order of completion.
constexpr Vector<GradientReady> gradients_in_order(const GraphView& graph, const Liveness& live, const Location* at) {
  Vector<GradientReady> gradients;
  for (int i = 0; i < graph.result_count; ++i) {
    const Result& result = graph.results[i];
    if (result.role == Role::gradient) {
      gradients.push_back(
          {result.of, at[result.node].offset, padded(graph[result.node].bytes()), live.step_of[result.node]});
    }
  }
  sort(gradients, [](const GradientReady& a, const GradientReady& b) { return a.begin < b.begin; });
  return gradients;
}

/// Cuts the gradients into buckets of at most `target` bytes, as long as no gradient alone is larger: what is small and
/// ready early does not wait for a large neighbour.
constexpr Vector<Bucket> cut_into_buckets(const Vector<GradientReady>& gradients, extent target) {
  Vector<Bucket> buckets;
  for (int i = 0; i < gradients.size(); ++i) {
    const GradientReady& gradient = gradients[i];
    if (i == 0 || gradient.begin + gradient.bytes - buckets[buckets.size() - 1].begin > target) {
      buckets.push_back({gradient.begin, gradient.begin, i, 0, -1});
    }
    Bucket& bucket = buckets[buckets.size() - 1];
    bucket.end = gradient.begin + gradient.bytes;
    bucket.count += 1;
    bucket.ready = gradient.kernel > bucket.ready ? gradient.kernel : bucket.ready;
  }
  return buckets;
}

struct ScheduleSize {
  int gradients = 0;
  int buckets = 0;
};
constexpr ScheduleSize schedule_size(const GraphView& graph, const Id* roots, const Location* at, extent target) {
  const Vector<GradientReady> gradients = gradients_in_order(graph, liveness(graph, roots), at);
  return {gradients.size(), cut_into_buckets(gradients, target).size()};
}

/// The schedule of a step in which every device runs the graph's kernels in order while finished buckets of gradients
/// are summed over devices. In: a fused and planned graph. Out: for each bucket and device the kernel to wait for, and
/// for each device the kernel after which its parameters may change. n log n. `verify_schedule` says what holds.
template <int Kernels, int Gradients, int Buckets, int Devices>
constexpr Schedule<Kernels, Gradients, Buckets, Devices> make_schedule(const GraphView& graph, const Id* roots,
                                                                       const Location* at, extent target) {
  Schedule<Kernels, Gradients, Buckets, Devices> made;
  const Liveness live = liveness(graph, roots);
  for (Id id = 0; id < graph.size; ++id) {
    if (roots[id] == id) {
      made.order[live.step_of[id]] = id;
    }
  }
  const Vector<GradientReady> gradients = gradients_in_order(graph, live, at);
  for (int i = 0; i < Gradients; ++i) {
    made.gradients[i] = gradients[i];
  }
  const Vector<Bucket> buckets = cut_into_buckets(gradients, target);
  for (int b = 0; b < Buckets; ++b) {
    made.buckets[b] = buckets[b];
    for (int device = 0; device < Devices; ++device) {
      made.waits[b * Devices + device] = {b, device, buckets[b].ready};
    }
  }
  for (int device = 0; device < Devices; ++device) {
    made.commits[device] = {Buckets, device, Kernels - 1};
  }
  return made;
}

/// Whether kernels run after what they read, each once.
constexpr const char* verify_order(const GraphView& graph, const Id* roots, const ScheduleView& schedule) {
  Vector<int> position(graph.size, -1);
  for (int i = 0; i < schedule.kernels; ++i) {
    const Id root = schedule.order[i];
    if (root < 0 || root >= graph.size || roots[root] != root || position[root] >= 0) {
      return "an order that does not run every kernel once";
    }
    position[root] = i;
  }
  for (Id id = 0; id < graph.size; ++id) {
    if (roots[id] == no_id) {
      continue;
    }
    if (position[roots[id]] < 0) {
      return "an order that does not run every kernel once";
    }
    for (int k = 0; k < graph[id].operand_count; ++k) {
      const Id from = roots[graph[id].operands[k]];
      if (from != no_id && from != roots[id] && position[from] >= position[roots[id]]) {
        return "a kernel runs before one whose result it reads";
      }
    }
  }
  return nullptr;
}

/// Race-freedom, as a sentence about what is wrong, or null. Kernels run after what they read; the buckets cover every
/// gradient once; whatever is read on another device has been written there before: for each bucket and device there
/// is a wait for a kernel not before the last one that writes into the bucket's bytes; and no device's parameters
/// change before its last kernel that reads a parameter or a gradient has run.
constexpr const char* verify_schedule(const GraphView& graph, const Id* roots, const Location* at,
                                      const ScheduleView& schedule) {
  if (const char* const wrong = verify_order(graph, roots, schedule); wrong != nullptr) {
    return wrong;
  }
  extent covered = 0;
  for (int b = 0; b < schedule.bucket_count; ++b) {
    if (schedule.buckets[b].begin != covered) {
      return "a gradient in no bucket, or in two";
    }
    covered = schedule.buckets[b].end;
  }
  for (int i = 0; i < graph.result_count; ++i) {
    const Result& result = graph.results[i];
    if (result.role == Role::gradient && at[result.node].offset + graph[result.node].bytes() > covered) {
      return "a gradient in no bucket, or in two";
    }
  }
  Vector<int> last_write(schedule.bucket_count, -1);
  int last_read = -1;
  for (int kernel = 0; kernel < schedule.kernels; ++kernel) {
    const Id root = schedule.order[kernel];
    const Location to = at[root];
    for (int b = 0; b < schedule.bucket_count && to.arena == ArenaId::gradients; ++b) {
      const Bucket& bucket = schedule.buckets[b];
      if (to.offset < bucket.end && to.offset + graph[root].bytes() > bucket.begin) {
        last_write[b] = kernel;
      }
    }
  }
  Vector<int> position(graph.size, -1);
  for (int i = 0; i < schedule.kernels; ++i) {
    position[schedule.order[i]] = i;
  }
  for (Id id = 0; id < graph.size; ++id) {
    for (int k = 0; k < graph[id].operand_count; ++k) {
      const ArenaId from = at[graph[id].operands[k]].arena;
      if (roots[id] != no_id && (from == ArenaId::parameters || from == ArenaId::gradients)) {
        last_read = position[roots[id]] > last_read ? position[roots[id]] : last_read;
      }
    }
  }
  Vector<bool> waited(schedule.bucket_count * schedule.device_count, false);
  for (int i = 0; i < schedule.wait_count; ++i) {
    const Wait& wait = schedule.waits[i];
    if (wait.bucket < 0 || wait.bucket >= schedule.bucket_count || wait.device < 0 ||
        wait.device >= schedule.device_count) {
      return "a wait for a bucket or a device that does not exist";
    }
    if (wait.kernel < last_write[wait.bucket]) {
      return "a bucket is read on a device before the last kernel that writes into it";
    }
    waited[wait.bucket * schedule.device_count + wait.device] = true;
  }
  for (const bool has_wait : waited) {
    if (!has_wait) {
      return "a bucket is read on a device without a wait";
    }
  }
  for (int device = 0; device < schedule.device_count; ++device) {
    if (schedule.commits[device].kernel < last_read) {
      return "parameters change on a device before the last kernel that reads them";
    }
  }
  return nullptr;
}

} // namespace detail
} // namespace cleave
