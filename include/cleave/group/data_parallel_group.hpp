// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/group/plan.hpp>
#include <cleave/tensor/partial.hpp>
#include <cleave/tensor/tensor.hpp>

namespace cleave {
namespace detail {

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

template <int Shares, int Devices>
concept one_share_a_device = Shares == Devices;

template <class Job>
concept shares_are_positive = is_valid(workload_of<Job>());

template <class Job>
constexpr bool has_batch_size(extent wanted) {
  for (const extent size : Job::batches::sizes) {
    if (size == wanted) {
      return true;
    }
  }
  return false;
}

template <extent Size, class Job>
concept batch_size_is_compiled = has_batch_size<Job>(Size);

template <class Name, int Index>
concept name_is_known = Index >= 0;

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
                                      optimizer_rule<Job>()};

} // namespace detail

/// Trains and evaluates one model on several devices: a mini-batch is split by workload, run on all devices at the same
/// time, and merged. Every slice, shape and placement is checked while compiling; a step allocates nothing.
///
/// Views that it hands out stay valid until the next pass. One thread may use a group at a time.
template <class Job>
class DataParallelGroup {
  static_assert(detail::one_share_a_device<static_cast<int>(sizeof(detail::workload_of<Job>().shares) / sizeof(double)),
                                           Job::devices::count>,
                "DataParallelGroup: a job's workload needs one share a device");
  static_assert(detail::shares_are_positive<Job>,
                "DataParallelGroup: every share of the workload must be a positive number");

  static constexpr int narrowest = detail::starving_batch<Job>();
  static_assert(
      detail::every_device_has_rows<Job::batches::sizes[narrowest], Job::devices::count,
                                    detail::slices_of<Job, narrowest>.starving>,
      "DataParallelGroup: a batch leaves a device without rows; use fewer devices, a larger batch or other shares");
  using Found = typename detail::LiftFault<detail::MainFault<Job>>::type;
  // clang-format off
  static_assert(detail::keeps<Rule::shapes_differ, Found>, "program: the operands of an operation do not fit by axis name");
  static_assert(detail::keeps<Rule::axis_absent, Found>, "program: an operation names an axis that its operand lacks");
  static_assert(detail::keeps<Rule::dtype_unsupported, Found>, "program: operations compute with float and double; declare the input as one of them, scatter casts what the batch holds");
  static_assert(detail::keeps<Rule::dtypes_differ, Found>, "program: the operands of an operation have different element types");
  static_assert(detail::keeps<Rule::name_used_twice, Found>, "model: two parameters or inputs have the same name; give every layer its own");
  static_assert(detail::keeps<Rule::input_missing, Found>, "model: a head needs a label that is among no labels of the job; add it to the job's labels");
  static_assert(detail::keeps<Rule::label_shape_differs, Found>, "model: the label of a head does not have the shape the head needs");
  static_assert(detail::keeps<Rule::nonlinear_partial, Found>, "placement: a sum over devices is used before it is complete; only linear operations accept a partial sum, move the others before the sum or onto the merged value");
  static_assert(detail::keeps<Rule::partial_meets_other, Found>, "placement: a partial sum is added to a complete value; every device would add the complete value once");
  static_assert(detail::keeps<Rule::batch_axis_mixed, Found>, "placement: an operation mixes rows of the batch that lie on different devices");
  static_assert(detail::keeps<Rule::head_missing, Found>, "differentiate: an output is no loss head and no scalar, so its gradient has no start; end the model in a head, or wrap the output in block_grad");
  static_assert(detail::keeps<Rule::heads_disagree, Found>, "differentiate: a parameter is reached by heads that are normalised by different counts; give all heads the same normalization");
  static_assert(detail::keeps<Rule::gradient_missing, Found>, "differentiate: no path leads from this parameter or input to a loss; freeze it, or use it");
  static_assert(detail::keeps<Rule::no_derivative, Found>, "differentiate: an operation without a derivative lies between a parameter and the loss");
  static_assert(detail::keeps<Rule::request_unknown, Found>, "requests: there is no parameter (or data input) of this name in the model");
  static_assert(detail::keeps<Rule::gradient_not_partial, Found>, "placement: the gradient of a parameter is not a sum over devices");
  static_assert(detail::keeps<Rule::contraction_order, Found>, "dot: the contracted axes of the two operands are not the same, in the same order");
  // clang-format on

  using Parameters = detail::ParametersOf<Job>;
  using All = detail::inputs_of<Job>;
  template <Mode M, int BatchIndex>
  static constexpr const detail::GroupProgram& program = detail::GroupProgramOf<Job, M, BatchIndex>::value;
  template <extent Rows>
  static constexpr const detail::GroupProgram& main_program =
      program<detail::main_mode<Job>, detail::batch_index<Job, Rows>()>;

  using OutputTypes = detail::output_shapes<typename JobProgram<Job, detail::main_mode<Job>>::outputs>;
  template <int Output, extent Rows>
  using output_shape = with_batch_t<typename OutputTypes::template at<Output>::shape, Rows>;
  template <int Output>
  using output_element = typename OutputTypes::template at<Output>::element;

  template <FixedString Name>
  static constexpr int parameter_index() {
    constexpr int index = Parameters::index_of(Name.value);
    static_assert(detail::name_is_known<detail::spelled<Name>, index>,
                  "DataParallelGroup: the model has no parameter of this name");
    return index < 0 ? 0 : index;
  }
  template <FixedString Name>
  using parameter_shape = decltype(detail::shape_from<Parameters::table.of[parameter_index<Name>()].dims>(
      std::make_integer_sequence<int, Parameters::table.of[parameter_index<Name>()].dims.rank>{}));
  template <FixedString Name>
  using parameter_element = typename detail::element_of<Parameters::table.of[parameter_index<Name>()].dtype>::type;

public:
  static constexpr int devices = Job::devices::count;
  static constexpr extent default_batch = Job::batches::sizes[0];
  static constexpr int parameter_count = Parameters::count;
  static constexpr int output_count = OutputTypes::count;
  template <extent Rows = default_batch>
  static constexpr auto slices = detail::slices_of<Job, detail::batch_index<Job, Rows>()>;
  template <int Index>
  using device = typename Job::devices::template at<Index>;
  using Rates = OptimizerRates;

  /// Allocates every arena. Errors: Error when memory or a thread is refused.
  DataParallelGroup() : core_(detail::group_plan<Job>) {}

  /// Sets every parameter by `initializer(slot, seed)`, on all devices alike. A throwing initializer changes nothing.
  template <class Initializer>
  void initialize(const Initializer& initializer, unsigned long long seed) {
    struct Context {
      const Initializer* initializer;
      unsigned long long seed;
    } context{&initializer, seed};
    core_.initialize(
        [](void* at, const ParameterSlot& slot) {
          const auto& how = *static_cast<Context*>(at);
          (*how.initializer)(slot, how.seed);
        },
        &context);
  }

  /// Copies a tensor or view of the parameter's shape to all devices, casting.
  template <FixedString Name, class X>
  void set_parameter(const X& values) {
    static_assert(detail::has_shape<X, parameter_shape<Name>>,
                  "set_parameter: the values' shape differs from the parameter's");
    core_.set_parameter(parameter_index<Name>(), values.data(), dtype_v<std::remove_cv_t<typename X::element>>);
  }

  /// The parameter on device 0: Shape<O, ...> as the layer made it.
  template <FixedString Name>
  [[nodiscard]] auto parameter() const {
    return replica<Name>(0);
  }
  /// The parameter on one device; replicas are equal.
  template <FixedString Name>
  [[nodiscard]] auto replica(int on_device) const {
    constexpr Location where = Parameters::table.of[parameter_index<Name>()].value;
    return View<const parameter_element<Name>, parameter_shape<Name>>(
        reinterpret_cast<const parameter_element<Name>*>(core_.at(on_device, where)));
  }
  /// The gradient of the last backward pass on one device: its share of the sum over devices (of the sum over rows).
  template <FixedString Name>
  [[nodiscard]] auto gradient(int on_device) const {
    constexpr Location where = Parameters::table.of[parameter_index<Name>()].gradient;
    static_assert(detail::name_is_known < detail::spelled<Name>, where.offset >= 0 ? 0 : -1 >,
                  "gradient: this parameter is frozen and has no gradient");
    core_.expect_backward("gradient");
    using G = View<const parameter_element<Name>, parameter_shape<Name>>;
    return Partial<G>(G(
        reinterpret_cast<const parameter_element<Name>*>(core_.at(on_device, where.offset >= 0 ? where : Location{}))));
  }

  /// Runs the model on a batch, on all devices. Labels are needed in training only.
  template <Mode M, extent Rows>
  void forward(const Batch<Job, Rows>& rows) {
    check_mode<M>();
    constexpr int index = checked_index<Rows>();
    core_.forward(program<M, index>, rows.any().inputs);
  }
  /// The same for a batch whose size is known only while running. Errors: a size that was not compiled.
  template <Mode M>
  void forward(const AnyBatch<Job>& rows) {
    check_mode<M>();
    core_.forward(find_program<M>(rows.rows), rows.inputs);
  }
  /// Differentiates the last forward<train>. Gradients stay on their devices, unreduced and readable.
  void backward() { core_.backward(); }

  /// Sums the gradients over devices and lets the optimizer write every replica.
  void update(const Rates& rates) {
    static_assert(detail::has_optimizer<Job>,
                  "update: the job names no optimizer; add `using optimizer = cleave::Sgd;`");
    core_.update(rates);
  }

  /// forward<train>, backward and update in one. When a device fails, Error is thrown and parameters are the old ones.
  template <extent Rows>
  void step(const Batch<Job, Rows>& rows, const Rates& rates) {
    check_step();
    constexpr int index = checked_index<Rows>();
    core_.step(program<Mode::train, index>, rows.any().inputs, rates);
  }
  void step(const AnyBatch<Job>& rows, const Rates& rates) {
    check_step();
    core_.step(find_program<Mode::train>(rows.rows), rows.inputs, rates);
  }

  /// Sets gradients to zero: the start of an accumulation.
  void clear_gradients() { core_.clear_gradients(); }

  /// Factors of one parameter's learning rate and weight decay (1 and 1; decay 0 unless named *_weight or *_gamma).
  template <FixedString Name>
  void set_multipliers(double learning_rate, double weight_decay) {
    core_.set_multipliers(parameter_index<Name>(), learning_rate, weight_decay);
  }

  /// An output over the whole batch, on device 0: rows joined, sums added, replicas taken once.
  template <int Output, extent Rows = default_batch>
  [[nodiscard]] auto merged_output() {
    static_assert(Output >= 0 && Output < output_count, "merged_output: the model has fewer outputs");
    constexpr int index = checked_index<Rows>();
    Tensor<output_element<Output>, output_shape<Output, Rows>, device<0>> merged(uninitialized);
    const auto& from = program<detail::main_mode<Job>, index>;
    core_.expect_program(from, false, "merged_outputs");
    core_.merge_output(from, Output, merged.data());
    return merged;
  }
  /// The model's only output; of several, name one with merged_output<k>().
  template <extent Rows = default_batch>
  [[nodiscard]] auto merged_outputs() {
    static_assert(output_count == 1,
                  "merged_outputs: the model has several outputs; take each with merged_output<k>()");
    return merged_output<0, Rows>();
  }
  /// An output as device `Device` has it: its own rows, or Partial where it is its share of a sum.
  template <int Device, int Output = 0, extent Rows = default_batch>
  [[nodiscard]] auto device_output() const {
    static_assert(Device >= 0 && Device < devices, "device_output: the group has fewer devices");
    constexpr int index = checked_index<Rows>();
    core_.expect_program(program<detail::main_mode<Job>, index>, false, "device_output");
    using V = View<const output_element<Output>, output_shape<Output, slices<Rows>.rows(Device)>, device<Device>>;
    const auto where = core_.output_location(Device, Output);
    const V view(reinterpret_cast<const output_element<Output>*>(core_.at(Device, where)));
    constexpr Placement placement = program<detail::main_mode<Job>, index>.outputs[Output].placement;
    if constexpr (placement == Placement::partial) {
      return Partial<V>(view);
    } else {
      return view;
    }
  }

  /// The gradient of a data input over the whole batch; needs Requests<InputGradient<Name>>.
  template <FixedString Name, extent Rows = default_batch>
  [[nodiscard]] auto merged_input_gradient() {
    constexpr int input = input_index<Name>();
    constexpr int index = checked_index<Rows>();
    using In = typename All::template at<input>;
    Tensor<typename In::element, typename In::template shape_of<Rows>, device<0>> merged(uninitialized);
    core_.expect_program(program<Mode::train, index>, true, "merged_input_gradient");
    core_.merge_input_gradient(program<Mode::train, index>, input, merged.data());
    return merged;
  }
  /// The same as one device has it: its rows.
  template <FixedString Name, int Device, extent Rows = default_batch>
  [[nodiscard]] auto input_gradient() const {
    constexpr int input = input_index<Name>();
    constexpr int index = checked_index<Rows>();
    using In = typename All::template at<input>;
    core_.expect_program(program<Mode::train, index>, true, "input_gradient");
    const Location where = program<Mode::train, index>.devices[Device].input_gradients[input];
    return View<const typename In::element, typename In::template shape_of<slices<Rows>.rows(Device)>, device<Device>>(
        reinterpret_cast<const typename In::element*>(core_.at(Device, where)));
  }

private:
  template <extent Rows>
  static constexpr int checked_index() {
    static_assert(detail::batch_size_is_compiled<Rows, Job>,
                  "DataParallelGroup: this batch size is not among the job's Batches");
    return detail::batch_index<Job, Rows>();
  }
  template <Mode M>
  static constexpr void check_mode() {
    static_assert(M == Mode::evaluate || detail::main_mode<Job> == Mode::train,
                  "forward<train>: the job has neither labels nor an optimizer, so it only evaluates");
  }
  static constexpr void check_step() {
    static_assert(detail::has_optimizer<Job>, "step: the job names no optimizer; add `using optimizer = cleave::Sgd;`");
    static_assert(!detail::requests_of<Job>::accumulates,
                  "step: a job with Accumulate adds gradients over passes; call forward, backward and update");
  }
  template <FixedString Name>
  static constexpr int input_index() {
    constexpr int index = [] {
      int found = -1;
      int at = 0;
      for (const char* name : detail::GroupProgramOf<Job, Mode::train, 0>::layouts.names) {
        found = detail::same_text(name, Name.value) ? at : found;
        ++at;
      }
      return found;
    }();
    constexpr bool requested =
        index >= 0 &&
        detail::GroupProgramOf<Job, Mode::train, 0>::devices.of[0].input_gradients[index < 0 ? 0 : index].offset >= 0;
    static_assert(
        detail::name_is_known < detail::spelled<Name>, requested ? index : -1 >,
        "DataParallelGroup: no gradient of this input was requested; add Requests<InputGradient<...>> to the job");
    return index < 0 ? 0 : index;
  }
  template <Mode M, int Index = 0>
  static const detail::GroupProgram& find_program(extent rows) {
    if constexpr (Index == Job::batches::count) {
      detail::unknown_batch_size(rows, Job::batches::sizes, Job::batches::count);
    } else {
      if (rows == Job::batches::sizes[Index]) {
        return program<M, Index>;
      }
      return find_program<M, Index + 1>(rows);
    }
  }

  detail::GroupCore core_;
};

} // namespace cleave
