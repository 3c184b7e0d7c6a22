// SPDX-License-Identifier: Apache-2.0
// What a job must be like, judged while compiling, before and beside the rules of its program: the facts behind the
// sentences of DataParallelGroup.
#pragma once

#include <cleave/group/plan.hpp>
#include <cleave/tensor/partial.hpp>
#include <cleave/tensor/tensor.hpp>

namespace cleave::detail {

template <extent BatchSize, int Devices, int StarvingDevice>
inline constexpr bool every_device_has_rows = StarvingDevice < 0;

/// The first batch size that leaves a device without rows, or the last one.
template <class Job, int Index = 0>
constexpr int starving_batch() {
  if constexpr (Index + 1 < Job::batches::count && slices_of<Job, Index>.starving < 0) {
    return starving_batch<Job, Index + 1>();
  } else {
    return Index;
  }
}

template <class Job>
concept shares_are_positive = is_valid(workload_of<Job>());

template <class Job>
concept has_model = requires { typename Job::model; };
template <class Job>
concept has_devices = requires { typename Job::devices; };
template <class Job>
concept has_batches = requires { typename Job::batches; };

/// Takes the place of a job that has been refused, so that its one message is the only one: whatever is asked of a
/// group of it is there.
struct RefusedJob {
  struct model { // NOLINT(readability-identifier-naming): the word a job is written with
    constexpr auto operator()(auto x) const { return x; }
  };
  using devices = Devices<Cpu<0>>;
  using batches = Batches<1>;
  using data = Inputs<Input<"data", float, Axis<batch_axis, batch>>>;
  using optimizer = Sgd;
};

/// What a job must be like before its program is looked at, in the order of the messages.
enum class JobRule : unsigned char {
  kept,
  model,
  devices,
  batches,
  data,
  device_count,
  some_batch,
  batch_sizes,
  elements,
  extents,
  threads,
  share_count,
  shares,
  rows,
  arity,
  returned,
  reported
};

template <class Inputs>
struct inputs_are;
template <class... Entry>
struct inputs_are<Inputs<Entry...>> {
  static constexpr bool floating =
      ((std::is_same_v<typename Entry::element, float> || std::is_same_v<typename Entry::element, double>) && ...);
  static constexpr bool open_along(const Dims& dims) {
    for (int i = 0; i < dims.rank; ++i) {
      if (dims.letters[i] == batch_axis ? dims.extents[i] != batch : dims.extents[i] < 1) {
        return false;
      }
    }
    return true;
  }
  static constexpr bool open_along_the_batch = (open_along(Entry::shape::dims) && ...);
};

template <class Job, class Positions>
struct ModelCall;
template <class Job, int... Index>
struct ModelCall<Job, std::integer_sequence<int, Index...>> {
  template <int At>
  using In = typename Job::data::template at<At>;
  template <int At>
  using SymbolOf = Symbol<typename In<At>::element, typename In<At>::template shape_of<Job::batches::sizes[0]>>;
  static constexpr bool fits = std::is_invocable_v<typename Job::model, SymbolOf<Index>...>;
  using result = std::invoke_result<typename Job::model, SymbolOf<Index>...>;
};

template <class X>
inline constexpr bool can_be_returned = is_model_symbol<X>;
template <class... S>
inline constexpr bool can_be_returned<Outputs<S...>> = true;

template <class Job>
constexpr JobRule judge_model() {
  using Call = ModelCall<Job, std::make_integer_sequence<int, Job::data::count>>;
  if constexpr (!Call::fits) {
    return JobRule::arity;
  } else if constexpr (refused_operand<typename Call::result::type>) {
    return JobRule::reported;
  } else if constexpr (can_be_returned<typename Call::result::type>) {
    return JobRule::kept;
  } else {
    return JobRule::returned;
  }
}

template <class Batches>
constexpr bool sizes_are_positive() {
  for (const extent size : Batches::sizes) {
    if (size < 1) {
      return false;
    }
  }
  return true;
}

template <class Job>
constexpr JobRule judge_job() {
  if constexpr (!has_model<Job>) {
    return JobRule::model;
  } else if constexpr (!has_devices<Job>) {
    return JobRule::devices;
  } else if constexpr (!has_batches<Job>) {
    return JobRule::batches;
  } else if constexpr (!has_data<Job>) {
    return JobRule::data;
  } else if constexpr (Job::devices::count > max_devices) {
    return JobRule::device_count;
  } else if constexpr (Job::batches::count == 0) {
    return JobRule::some_batch;
  } else if constexpr (!sizes_are_positive<typename Job::batches>()) {
    return JobRule::batch_sizes;
  } else if constexpr (!inputs_are<inputs_of<Job>>::floating) {
    return JobRule::elements;
  } else if constexpr (!inputs_are<inputs_of<Job>>::open_along_the_batch) {
    return JobRule::extents;
  } else if constexpr (threads_of<Job>() < 1) {
    return JobRule::threads;
  } else if constexpr (sizeof(workload_of<Job>().shares) / sizeof(double) != Job::devices::count) {
    return JobRule::share_count;
  } else if constexpr (!shares_are_positive<Job>) {
    return JobRule::shares;
  } else if constexpr (slices_of<Job, starving_batch<Job>()>.starving >= 0) {
    return JobRule::rows;
  } else {
    return judge_model<Job>();
  }
}

/// Whether a job keeps a rule; false for the first that it breaks.
template <JobRule Asked, class Job, JobRule Broken>
inline constexpr bool job_keeps = Broken != Asked;

template <class Job, bool HasRows>
struct NarrowestBatch {
  static constexpr extent size = 1;
  static constexpr int devices = 1;
  static constexpr int starving = -1;
};
template <class Job>
struct NarrowestBatch<Job, false> {
  static constexpr extent size = Job::batches::sizes[starving_batch<Job>()];
  static constexpr int devices = Job::devices::count;
  static constexpr int starving = slices_of<Job, starving_batch<Job>()>.starving;
};

template <class Job>
constexpr bool has_batch_size(extent wanted) {
  for (const extent size : Job::batches::sizes) {
    if (size == wanted) {
      return true;
    }
  }
  return std::is_same_v<Job, RefusedJob>;
}

template <extent Size, class Job>
concept batch_size_is_compiled = has_batch_size<Job>(Size);

template <class Name, int Index>
concept name_is_known = Index >= 0;

template <class Name, bool Exists>
concept gradient_is_kept = Exists;

template <int Index, int Count>
concept index_is_below = Index >= 0 && Index < Count;

constexpr int index_or_first(int index, int count) { return index >= 0 && index < count ? index : 0; }

template <class Job, extent Size>
constexpr int batch_index() {
  for (int i = 0; i < Job::batches::count; ++i) {
    if (Job::batches::sizes[i] == Size) {
      return i;
    }
  }
  return 0;
}

template <class Job>
struct MainFault {
  static constexpr Fault fault = fault_of<JobProgram<Job, main_mode<Job>>>;
};

/// The fault of a program that can be traced at all.
template <class Job, JobRule Broken>
struct FaultOfJob {
  static constexpr Fault fault{Rule::reported};
};
template <class Job>
struct FaultOfJob<Job, JobRule::kept> : MainFault<Job> {};

template <class Job>
constexpr OptimizerRule optimizer_rule() {
  if constexpr (has_optimizer<Job>) {
    return Job::optimizer::rule;
  } else {
    return {};
  }
}

template <class Job>
inline constexpr GroupPlan group_plan{Job::devices::count,
                                      ParametersOf<Job>::count,
                                      ParametersOf<Job>::table.of,
                                      ParametersOf<Job>::arena_bytes(ArenaId::parameters),
                                      ParametersOf<Job>::arena_bytes(ArenaId::gradients),
                                      optimizer_rule<Job>(),
                                      threads_of<Job>(),
                                      subnormals_of<Job>()};

} // namespace cleave::detail
