// SPDX-License-Identifier: Apache-2.0
// From a job to constants: its programs, who has which rows, where every input, output and parameter lies.
#pragma once

#include <cleave/exec/executor.hpp>
#include <cleave/graph/report.hpp>
#include <cleave/group/core.hpp>
#include <cleave/group/job.hpp>

namespace cleave {

namespace detail {

template <class Job>
constexpr extent most_rows();

/// A job's memory budget, bytes of all arenas of a device together, for the device and batch with most rows.
template <class Job>
struct BudgetOf {};
template <class Job>
  requires requires { Job::memory_budget; }
struct BudgetOf<Job> {
  static constexpr extent memory_budget = Job::memory_budget;
  static constexpr extent budget_rows = most_rows<Job>();
};

} // namespace detail

/// A job's model as a program, at the job's first batch size.
template <class Job, Mode M>
struct JobProgram : detail::BudgetOf<Job> {
  using All = detail::inputs_of<Job>;
  static constexpr bool differentiated = M == Mode::train;
  static constexpr int bound_inputs = M == Mode::train ? All::count : Job::data::count;
  static constexpr extent rows = Job::batches::sizes[0];

  template <int Index>
  using input_symbol =
      Symbol<typename All::template at<Index>::element, typename All::template at<Index>::template shape_of<rows>>;

  template <int... Index>
  static auto returned(std::integer_sequence<int, Index...>)
      -> decltype(typename Job::model{}(input_symbol<Index>(nullptr, no_id)...));
  using outputs = decltype(returned(std::make_integer_sequence<int, Job::data::count>{}));

  static constexpr void trace(Builder& builder) {
    builder.training = M == Mode::train;
    declare(builder, std::make_integer_sequence<int, bound_inputs>{});
    call(builder, std::make_integer_sequence<int, Job::data::count>{});
    check_requests(builder);
    check_labels(builder);
  }
  static constexpr GradientRequest request(const char* name, bool is_parameter) {
    return detail::requests_of<Job>::find(name, is_parameter);
  }

private:
  template <int... Index>
  static constexpr void declare(Builder& builder, std::integer_sequence<int, Index...> /*inputs*/) {
    (static_cast<void>(builder.leaf(&rule<InputLeaf>, All::template at<Index>::name, input_symbol<Index>::shape::dims,
                                    dtype_v<typename input_symbol<Index>::element>)),
     ...);
  }
  template <int... Index>
  static constexpr void call(Builder& builder, std::integer_sequence<int, Index...> /*data*/) {
    detail::list_outputs(builder, typename Job::model{}(input_symbol<Index>(&builder, Index)...));
  }
  static constexpr void check_requests(Builder& builder) {
    using Wanted = detail::requests_of<Job>;
    for (int i = 0; M == Mode::train && i < Wanted::count; ++i) {
      const Id id = builder.find(Wanted::names[i]);
      const bool known =
          id != no_id && (Wanted::for_parameter[i] ? is_op<ParameterLeaf>(builder[id])
                                                   : id < Job::data::count && is_op<InputLeaf>(builder[id]));
      if (!known) {
        builder.report({Rule::request_unknown, "requests", Wanted::names[i], '\0', {}, {}});
      }
    }
  }
  /// A label is found by name by the head it belongs to; one that none asked for is a name mistaken.
  static constexpr void check_labels(Builder& builder) {
    for (Id label = Job::data::count; label < bound_inputs; ++label) {
      bool used = false;
      for (Id id = bound_inputs; id < builder.size() && !used; ++id) {
        used = builder[id].attributes.of == label;
      }
      if (!used) {
        builder.report({Rule::label_unused, "labels", builder[label].name, '\0', builder[label].dims, {}});
      }
    }
  }
};

namespace detail {

template <class Job>
constexpr auto workload_of() {
  if constexpr (requires { Job::workload; }) {
    return Job::workload;
  } else {
    Workload<Job::devices::count> even;
    for (double& share : even.shares) {
      share = 1;
    }
    return even;
  }
}
template <class Job>
constexpr int threads_of() {
  if constexpr (requires { Job::threads; }) {
    return Job::threads;
  } else {
    return 1;
  }
}
template <class Job>
constexpr Subnormals subnormals_of() {
  if constexpr (requires { Job::subnormals; }) {
    return Job::subnormals;
  } else {
    return Subnormals::flushed;
  }
}
template <class Job>
constexpr Slicing slicing_of() {
  if constexpr (requires { Job::slicing; }) {
    return Job::slicing;
  } else {
    return Slicing::largest_remainder;
  }
}

/// Rows of every device at batch size number `Index`.
template <class Job, int Index>
inline constexpr auto slices_of = slice_batch(Job::batches::sizes[Index], workload_of<Job>(), slicing_of<Job>());

template <class Job>
constexpr extent most_rows() {
  extent most = 0;
  for (const extent size : Job::batches::sizes) {
    const auto slices = slice_batch(size, workload_of<Job>(), slicing_of<Job>());
    for (int device = 0; device < Job::devices::count; ++device) {
      most = slices.rows(device) > most ? slices.rows(device) : most;
    }
  }
  return most;
}

template <class Job>
concept has_optimizer = requires { typename Job::optimizer; };

/// Jobs with labels or an optimizer train; the others only evaluate.
template <class Job>
inline constexpr Mode main_mode = labels_of<Job>::count > 0 || has_optimizer<Job> ? Mode::train : Mode::evaluate;

template <class Program>
inline constexpr int output_count_of = output_shapes<typename Program::outputs>::count;

/// Where a device's program finds its inputs and leaves its results.
template <int Inputs, int Outputs>
struct Bindings {
  Location inputs[room_for(Inputs)]{};
  Location input_gradients[room_for(Inputs)]{};
  Location outputs[room_for(Outputs)]{};
  Location batch_rows{-1};
  Location random_key{-1};
  Location valid_count{-1};
};

template <class Program, extent Rows>
constexpr auto make_bindings() {
  Bindings<Program::bound_inputs, output_count_of<Program>> bound;
  const GraphView view = localized<Program, Rows>.view();
  const auto& plan = memory<Program, Rows>;
  int input = 0;
  for (Location& gradient : bound.input_gradients) {
    gradient.offset = -1;
  }
  for (Id id = 0; id < view.size; ++id) {
    if (is_op<InputLeaf>(view[id])) {
      bound.inputs[input++] = plan.at[id];
    } else if (is_op<BatchRowsLeaf>(view[id])) {
      bound.batch_rows = plan.at[id];
    } else if (is_op<RandomKeyLeaf>(view[id])) {
      bound.random_key = plan.at[id];
    }
  }
  int output = 0;
  for (int i = 0; i < view.result_count; ++i) {
    const Result& result = view.results[i];
    if (result.role == Role::output) {
      bound.outputs[output++] = plan.at[result.node];
    } else if (result.role == Role::normaliser) {
      bound.valid_count = plan.at[result.node];
    } else if (result.role == Role::input_gradient) {
      int position = 0;
      for (Id id = 0; id < result.of; ++id) {
        position += is_op<InputLeaf>(view[id]) ? 1 : 0;
      }
      bound.input_gradients[position] = plan.at[result.node];
    }
  }
  return bound;
}

template <class Program, extent Rows>
inline constexpr auto bindings = make_bindings<Program, Rows>();

template <class Job, Mode M, int BatchIndex>
struct GroupProgramOf {
  using Program = JobProgram<Job, M>;
  static constexpr int device_count = Job::devices::count;
  static constexpr int inputs_count = Program::bound_inputs;
  static constexpr int outputs_count = output_count_of<Program>;
  static constexpr const auto& slices = slices_of<Job, BatchIndex>;
  static constexpr extent rows = Job::batches::sizes[BatchIndex];

  template <int Device>
  static constexpr DeviceProgram make_device() {
    using Run = Executor<Program, slices.rows(Device)>;
    constexpr const auto& bound = bindings<Program, slices.rows(Device)>;
    return {Run::table.steps,    Run::table.forward, Run::table.count,  slices.begin[Device],
            slices.rows(Device), bound.inputs,       bound.outputs,     bound.input_gradients,
            bound.batch_rows,    bound.random_key,   bound.valid_count, Run::plan.arena_bytes};
  }
  template <int... Device>
  static constexpr auto make_devices(std::integer_sequence<int, Device...> /*devices*/) {
    struct All {
      DeviceProgram of[room_for(device_count)];
    };
    return All{{make_device<Device>()...}};
  }
  static constexpr auto devices = make_devices(std::make_integer_sequence<int, device_count>{});

  struct Layouts {
    RowLayout inputs[room_for(inputs_count)]{};
    Placement input_gradients[room_for(inputs_count)]{};
    RowLayout outputs[room_for(outputs_count)]{};
    const char* names[room_for(inputs_count)]{};
    DType batch_rows = DType::f32;
    DType valid_count = DType::f32;
    bool valid_count_summed = true;
  };
  static constexpr Layouts make_layouts() {
    Layouts made;
    const auto& placed = placements<Program>;
    const GraphView view = localized<Program, rows>.view();
    int input = 0;
    for (Id id = 0; id < view.size; ++id) {
      if (is_op<InputLeaf>(view[id])) {
        made.names[input] = view[id].name;
        for (int i = 0; i < view.result_count; ++i) {
          if (view.results[i].role == Role::input_gradient && view.results[i].of == id) {
            made.input_gradients[input] = placed[view.results[i].node];
          }
        }
        made.inputs[input++] = row_layout(view[id].dims, view[id].dtype, placed[id]);
      } else if (is_op<BatchRowsLeaf>(view[id])) {
        made.batch_rows = view[id].dtype;
      }
    }
    int output = 0;
    for (int i = 0; i < view.result_count; ++i) {
      const Node& node = view[view.results[i].node];
      if (view.results[i].role == Role::output) {
        made.outputs[output++] = row_layout(node.dims, node.dtype, placed[view.results[i].node]);
      } else if (view.results[i].role == Role::normaliser) {
        made.valid_count = node.dtype;
        made.valid_count_summed = placed[view.results[i].node] == Placement::partial;
      }
    }
    return made;
  }
  static constexpr Layouts layouts = make_layouts();
  static constexpr GroupProgram value{devices.of,
                                      rows,
                                      inputs_count,
                                      layouts.inputs,
                                      layouts.input_gradients,
                                      outputs_count,
                                      layouts.outputs,
                                      layouts.names,
                                      layouts.batch_rows,
                                      layouts.valid_count,
                                      layouts.valid_count_summed,
                                      graph<Program>.normaliser,
                                      M == Mode::train};
};

template <class Leaf>
constexpr int count_leaves(const GraphView& view) {
  int found = 0;
  for (Id id = 0; id < view.size; ++id) {
    found += is_op<Leaf>(view[id]) ? 1 : 0;
  }
  return found;
}

template <int Count>
struct ParameterTable {
  ParameterPlan of[room_for(Count)]{};
};

template <class Job, class Program, int Count>
constexpr ParameterTable<Count> list_parameters() {
  ParameterTable<Count> all;
  constexpr extent some_rows = slices_of<Job, 0>.rows(0); // parameters lie alike whatever the rows
  const GraphView view = localized<Program, some_rows>.view();
  int listed = 0;
  for (Id id = 0; id < view.size; ++id) {
    const Node& node = view[id];
    if (is_op<ParameterLeaf>(node)) {
      ParameterPlan& parameter = all.of[listed++];
      parameter.name = node.name;
      parameter.dims = node.dims;
      parameter.dtype = node.dtype;
      parameter.value = memory<Program, some_rows>.at[id];
      for (int i = 0; i < view.result_count; ++i) {
        const Result& result = view.results[i];
        if (result.role == Role::gradient && result.of == id) {
          parameter.gradient = memory<Program, some_rows>.at[result.node];
          parameter.accumulates = requests_of<Job>::find(node.name, true) == GradientRequest::add;
          parameter.summed = placements<Program>[result.node] == Placement::partial;
        }
      }
    }
  }
  return all;
}

/// The parameters of a job, in the order the model creates them.
template <class Job>
struct ParametersOf {
  using Program = JobProgram<Job, main_mode<Job>>;
  static constexpr int count = count_leaves<ParameterLeaf>(graph<Program>.view());
  static constexpr ParameterTable<count> table = list_parameters<Job, Program, count>();
  static constexpr extent arena_bytes(ArenaId arena) {
    return memory<Program, slices_of<Job, 0>.rows(0)>.arena_bytes[static_cast<int>(arena)];
  }
  static constexpr int index_of(const char* name) {
    for (int i = 0; i < count; ++i) {
      if (same_text(table.of[i].name, name)) {
        return i;
      }
    }
    return -1;
  }
};

/// The type of a shape known as a value.
template <const Dims& D, int... At>
Shape<Axis<D.letters[At], D.extents[At]>...> shape_from(std::integer_sequence<int, At...>);

} // namespace detail
} // namespace cleave
