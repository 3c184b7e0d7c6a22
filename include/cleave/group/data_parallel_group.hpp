// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/group/judge.hpp>

namespace cleave {

/// Trains and evaluates one model on several devices: a mini-batch is split by workload, run on all devices at the same
/// time, and merged. Every slice, shape and placement is checked while compiling; a step allocates nothing.
///
/// Views that it hands out stay valid until the next pass. One thread may use a group at a time.
template <class Job>
class DataParallelGroup {
  using Asked = detail::JobRule;
  static constexpr Asked broken = detail::judge_job<Job>();
  using Narrowest = detail::NarrowestBatch<Job, broken != Asked::rows>;
  using FaultHolder = detail::FaultOfJob<Job, broken>;
  using Found = typename detail::LiftFault<FaultHolder>::type;

  /// The job; or, of a refused one, what says nothing more.
  static constexpr bool is_sound = !FaultHolder::fault;
  using Plan = std::conditional_t<is_sound, Job, detail::RefusedJob>;

  using Parameters = detail::ParametersOf<Plan>;
  using All = detail::inputs_of<Plan>;
  template <Mode M, int BatchIndex>
  static constexpr const detail::GroupProgram& program = detail::GroupProgramOf<Plan, M, BatchIndex>::value;

  using OutputTypes = detail::output_shapes<typename JobProgram<Plan, detail::main_mode<Plan>>::outputs>;
  /// Indices and sizes that were refused are replaced by ones that exist.
  template <extent Rows>
  static constexpr extent known_rows = Plan::batches::sizes[detail::batch_index<Plan, Rows>()];
  template <int Output, extent Rows>
  using output_shape =
      with_batch_t<typename OutputTypes::template at<detail::index_or_first(Output, OutputTypes::count)>::shape, Rows>;
  template <int Output>
  using output_element = typename OutputTypes::template at<detail::index_or_first(Output, OutputTypes::count)>::element;

  /// -1 where there is none.
  template <FixedString Name>
  static constexpr int parameter_index = is_sound ? Parameters::index_of(Name.value) : 0;
  template <FixedString Name>
  static constexpr int known_parameter = parameter_index<Name> < 0 ? 0 : parameter_index<Name>;
  template <FixedString Name>
  using parameter_shape = decltype(detail::shape_from<Parameters::table.of[known_parameter<Name>].dims>(
      std::make_integer_sequence<int, Parameters::table.of[known_parameter<Name>].dims.rank>{}));
  template <FixedString Name>
  using parameter_element = element_t<Parameters::table.of[known_parameter<Name>].dtype>;

public:
  static constexpr int devices = Plan::devices::count;
  static constexpr extent default_batch = Plan::batches::sizes[0];
  static constexpr int parameter_count = Parameters::count;
  static constexpr int output_count = OutputTypes::count;
  template <extent Rows = default_batch>
  static constexpr auto slices = detail::slices_of<Plan, detail::batch_index<Plan, Rows>()>;
  template <int Index>
  using device = typename Plan::devices::template at<detail::index_or_first(Index, Plan::devices::count)>;
  using Rates = OptimizerRates;

  /// Allocates every arena. Errors: Error when memory or a thread is refused.
  DataParallelGroup() : core_(detail::group_plan<Plan>) {}

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
    static_assert(detail::name_is_known<detail::spelled<Name>, parameter_index<Name>>,
                  "DataParallelGroup: the model has no parameter of this name");
    constexpr bool asked = is_sound && parameter_index<Name> >= 0;
    using Shape = parameter_shape<Name>;
    constexpr auto broken_rule = asked ? detail::judge_array<Shape, X>() : detail::ArrayRule::refused_before;
    static_assert(broken_rule != detail::ArrayRule::is_stored || detail::stored_operand<X>,
                  "set_parameter: expects a tensor or view; evaluate an expression into a tensor first");
    static_assert(broken_rule != detail::ArrayRule::has_shape || detail::has_shape<X, Shape>,
                  "set_parameter: the values' shape differs from the parameter's");
    static_assert(broken_rule != detail::ArrayRule::is_contiguous || detail::elements_lie_one_after_another<X>,
                  "set_parameter: the elements of a view do not lie one after another; evaluate the view into a tensor "
                  "first");
    if constexpr (broken_rule == detail::ArrayRule::kept) {
      core_.set_parameter(parameter_index<Name>, values.data(), dtype_v<std::remove_cv_t<typename X::element>>);
    }
  }

  /// The parameter on device 0: Shape<O, ...> as the layer made it.
  template <FixedString Name>
  [[nodiscard]] auto parameter() const {
    static_assert(detail::name_is_known<detail::spelled<Name>, parameter_index<Name>>,
                  "DataParallelGroup: the model has no parameter of this name");
    return replica_on<Name>(0);
  }
  /// The parameter on one device; replicas are equal.
  template <FixedString Name>
  [[nodiscard]] auto replica(int on_device) const {
    static_assert(detail::name_is_known<detail::spelled<Name>, parameter_index<Name>>,
                  "DataParallelGroup: the model has no parameter of this name");
    return replica_on<Name>(on_device);
  }
  /// The gradient of the last backward pass on one device: its share of the sum over devices (of the sum over rows).
  template <FixedString Name>
  [[nodiscard]] auto gradient(int on_device) const {
    static_assert(detail::name_is_known<detail::spelled<Name>, parameter_index<Name>>,
                  "DataParallelGroup: the model has no parameter of this name");
    constexpr Location where = Parameters::table.of[known_parameter<Name>].gradient;
    static_assert(!is_sound || parameter_index<Name> < 0 ||
                      detail::gradient_is_kept<detail::spelled<Name>, (where.offset >= 0)>,
                  "gradient: this parameter is frozen and has no gradient");
    core_.expect_backward("gradient");
    using G = View<const parameter_element<Name>, parameter_shape<Name>>;
    return Partial<G>(G(
        reinterpret_cast<const parameter_element<Name>*>(core_.at(on_device, where.offset >= 0 ? where : Location{}))));
  }

  /// Runs the model on a batch, on all devices. Labels are needed in training only.
  template <Mode M, extent Rows>
  void forward(const Batch<Job, Rows>& rows) {
    static_assert(!is_sound || M == Mode::evaluate || detail::main_mode<Job> == Mode::train,
                  "forward<train>: the job has neither labels nor an optimizer, so it only evaluates");
    static_assert(detail::batch_size_is_compiled<Rows, Plan>,
                  "DataParallelGroup: this batch size is not among the job's Batches");
    if constexpr (can_run<M>) {
      core_.forward(program<M, detail::batch_index<Plan, Rows>()>, rows.any().inputs);
    }
  }
  /// The same for a batch whose size is known only while running. Errors: a size that was not compiled.
  template <Mode M>
  void forward(const AnyBatch<Job>& rows) {
    static_assert(!is_sound || M == Mode::evaluate || detail::main_mode<Job> == Mode::train,
                  "forward<train>: the job has neither labels nor an optimizer, so it only evaluates");
    if constexpr (can_run<M>) {
      core_.forward(find_program<M>(rows.rows), rows.inputs);
    }
  }
  /// Differentiates the last forward<train>. Gradients stay on their devices, unreduced and readable.
  void backward() { core_.backward(); }

  /// Sums the gradients over devices and lets the optimizer write every replica.
  void update(const Rates& rates) {
    static_assert(detail::has_optimizer<Plan>,
                  "update: the job names no optimizer; add `using optimizer = cleave::Sgd;`");
    core_.update(rates);
  }

  /// forward<train>, backward and update in one. When a device fails, Error is thrown and parameters are the old ones.
  template <extent Rows>
  void step(const Batch<Job, Rows>& rows, const Rates& rates) {
    static_assert(detail::has_optimizer<Plan>,
                  "step: the job names no optimizer; add `using optimizer = cleave::Sgd;`");
    static_assert(!detail::requests_of<Plan>::accumulates,
                  "step: a job with Accumulate adds gradients over passes; call forward, backward and update");
    static_assert(detail::batch_size_is_compiled<Rows, Plan>,
                  "DataParallelGroup: this batch size is not among the job's Batches");
    if constexpr (detail::has_optimizer<Plan>) {
      core_.step(program<Mode::train, detail::batch_index<Plan, Rows>()>, rows.any().inputs, rates);
    }
  }
  void step(const AnyBatch<Job>& rows, const Rates& rates) {
    static_assert(detail::has_optimizer<Plan>,
                  "step: the job names no optimizer; add `using optimizer = cleave::Sgd;`");
    static_assert(!detail::requests_of<Plan>::accumulates,
                  "step: a job with Accumulate adds gradients over passes; call forward, backward and update");
    core_.step(find_program<Mode::train>(rows.rows), rows.inputs, rates);
  }

  /// Sets gradients to zero: the start of an accumulation.
  void clear_gradients() { core_.clear_gradients(); }

  /// Starts the course of random layers (dropout) afresh; it is 0 at first. Passes are counted from here, those of
  /// training and of evaluation apart, so that evaluating changes no later mask; a pass that fails is not counted.
  void set_seed(std::uint64_t seed) { core_.set_seed(seed); }

  /// Factors of one parameter's learning rate and weight decay (1 and 1; decay 0 unless named *_weight or *_gamma).
  template <FixedString Name>
  void set_multipliers(double learning_rate, double weight_decay) {
    static_assert(detail::name_is_known<detail::spelled<Name>, parameter_index<Name>>,
                  "DataParallelGroup: the model has no parameter of this name");
    core_.set_multipliers(known_parameter<Name>, learning_rate, weight_decay);
  }

  /// An output over the whole batch, on device 0: rows joined, sums added, replicas taken once.
  template <int Output, extent Rows = default_batch>
  [[nodiscard]] auto merged_output() {
    static_assert(!is_sound || detail::index_is_below<Output, output_count>,
                  "merged_output: the model has fewer outputs");
    static_assert(detail::batch_size_is_compiled<Rows, Plan>,
                  "DataParallelGroup: this batch size is not among the job's Batches");
    return merged<detail::index_or_first(Output, OutputTypes::count), known_rows<Rows>>();
  }
  /// The model's only output; of several, name one with merged_output<k>().
  template <extent Rows = default_batch>
  [[nodiscard]] auto merged_outputs() {
    static_assert(output_count == 1,
                  "merged_outputs: the model has several outputs; take each with merged_output<k>()");
    static_assert(detail::batch_size_is_compiled<Rows, Plan>,
                  "DataParallelGroup: this batch size is not among the job's Batches");
    return merged<0, known_rows<Rows>>();
  }
  /// An output as device `Device` has it: its own rows, or Partial where it is its share of a sum.
  template <int Device, int Output = 0, extent Rows = default_batch>
  [[nodiscard]] auto device_output() const {
    static_assert(!is_sound || detail::index_is_below<Device, devices>, "device_output: the group has fewer devices");
    static_assert(!is_sound || detail::index_is_below<Output, output_count>,
                  "device_output: the model has fewer outputs");
    static_assert(detail::batch_size_is_compiled<Rows, Plan>,
                  "DataParallelGroup: this batch size is not among the job's Batches");
    constexpr int index = detail::batch_index<Plan, Rows>();
    constexpr int output = detail::index_or_first(Output, OutputTypes::count);
    constexpr int at = detail::index_or_first(Device, Plan::devices::count);
    core_.expect_program(program<detail::main_mode<Plan>, index>, false, "device_output");
    using V = View<const output_element<output>, output_shape<output, slices<Rows>.rows(at)>, device<at>>;
    const auto where = core_.output_location(at, output);
    const V view(reinterpret_cast<const output_element<output>*>(core_.at(at, where)));
    constexpr Placement placement = program<detail::main_mode<Plan>, index>.outputs[output].placement;
    if constexpr (placement == Placement::partial) {
      return Partial<V>(view);
    } else {
      return view;
    }
  }

  /// The gradient of a data input over the whole batch; needs Requests<InputGradient<Name>>.
  template <FixedString Name, extent Rows = default_batch>
  [[nodiscard]] auto merged_input_gradient() {
    static_assert(
        detail::name_is_known<detail::spelled<Name>, input_index<Name>()>,
        "DataParallelGroup: no gradient of this input was requested; add Requests<InputGradient<...>> to the job");
    static_assert(detail::batch_size_is_compiled<Rows, Plan>,
                  "DataParallelGroup: this batch size is not among the job's Batches");
    constexpr int input = known_input<Name>;
    constexpr int index = detail::batch_index<Plan, Rows>();
    using In = typename All::template at<input>;
    Tensor<typename In::element, typename In::template shape_of<known_rows<Rows>>, device<0>> merged(uninitialized);
    core_.expect_program(program<detail::main_mode<Plan>, index>, true, "merged_input_gradient");
    core_.merge_input_gradient(program<detail::main_mode<Plan>, index>, input, merged.data());
    return merged;
  }
  /// The same as one device has it: its rows.
  template <FixedString Name, int Device, extent Rows = default_batch>
  [[nodiscard]] auto input_gradient() const {
    static_assert(!is_sound || detail::index_is_below<Device, devices>, "input_gradient: the group has fewer devices");
    static_assert(
        detail::name_is_known<detail::spelled<Name>, input_index<Name>()>,
        "DataParallelGroup: no gradient of this input was requested; add Requests<InputGradient<...>> to the job");
    static_assert(detail::batch_size_is_compiled<Rows, Plan>,
                  "DataParallelGroup: this batch size is not among the job's Batches");
    constexpr int input = known_input<Name>;
    constexpr int index = detail::batch_index<Plan, Rows>();
    constexpr int at = detail::index_or_first(Device, Plan::devices::count);
    using In = typename All::template at<input>;
    core_.expect_program(program<detail::main_mode<Plan>, index>, true, "input_gradient");
    const Location where = program<detail::main_mode<Plan>, index>.devices[at].input_gradients[input];
    return View<const typename In::element, typename In::template shape_of<slices<Rows>.rows(at)>, device<at>>(
        reinterpret_cast<const typename In::element*>(core_.at(at, where)));
  }

private:
  template <Mode M>
  static constexpr bool can_run = M == Mode::evaluate || detail::main_mode<Plan> == Mode::train;

  template <FixedString Name>
  [[nodiscard]] auto replica_on(int on_device) const {
    constexpr Location where = Parameters::table.of[known_parameter<Name>].value;
    return View<const parameter_element<Name>, parameter_shape<Name>>(
        reinterpret_cast<const parameter_element<Name>*>(core_.at(on_device, where)));
  }
  template <int Output, extent Rows>
  [[nodiscard]] auto merged() {
    Tensor<output_element<Output>, output_shape<Output, Rows>, device<0>> merged(uninitialized);
    const auto& from = program<detail::main_mode<Plan>, detail::batch_index<Plan, Rows>()>;
    core_.expect_program(from, false, "merged_outputs");
    core_.merge_output(from, Output, merged.data());
    return merged;
  }

  /// Where among the inputs the one is whose gradient was asked for; -1 where none was.
  template <FixedString Name>
  static constexpr int input_index() {
    if constexpr (!is_sound) {
      return 0;
    } else {
      using First = detail::GroupProgramOf<Plan, detail::main_mode<Plan>, 0>;
      for (int i = 0; i < First::inputs_count; ++i) {
        if (detail::same_text(First::layouts.names[i], Name.value) &&
            First::devices.of[0].input_gradients[i].offset >= 0) {
          return i;
        }
      }
      return -1;
    }
  }
  template <FixedString Name>
  static constexpr int known_input = input_index<Name>() < 0 ? 0 : input_index<Name>();

  template <Mode M, int Index = 0>
  static const detail::GroupProgram& find_program(extent rows) {
    if constexpr (Index == Plan::batches::count) {
      detail::unknown_batch_size(rows, Plan::batches::sizes, Plan::batches::count);
    } else {
      if (rows == Plan::batches::sizes[Index]) {
        return program<M, Index>;
      }
      return find_program<M, Index + 1>(rows);
    }
  }

  detail::GroupCore core_;

  // What is asked of a job. At the end of the class, because clang drops the members that follow a failed assertion.
  // clang-format off
  static_assert(detail::job_keeps<Asked::model, Job, broken>, "DataParallelGroup: the job names no model; add `using model = ...;`");
  static_assert(detail::job_keeps<Asked::devices, Job, broken>, "DataParallelGroup: the job names no devices; add `using devices = cleave::Devices<cleave::Cpu<0>>;`");
  static_assert(detail::job_keeps<Asked::batches, Job, broken>, "DataParallelGroup: the job names no batch sizes; add `using batches = cleave::Batches<64>;`");
  static_assert(detail::job_keeps<Asked::data, Job, broken>, "DataParallelGroup: the job names no data; add `using data = cleave::Inputs<...>;`");
  static_assert(detail::job_keeps<Asked::device_count, Job, broken>, "DataParallelGroup: a group has at most 64 devices");
  static_assert(detail::job_keeps<Asked::some_batch, Job, broken>, "Batches: a job needs at least one batch size");
  static_assert(detail::job_keeps<Asked::batch_sizes, Job, broken>, "Batches: a batch size is at least 1");
  static_assert(detail::job_keeps<Asked::elements, Job, broken>, "Input: an input is float or double; scatter casts what the batch holds");
  static_assert(detail::job_keeps<Asked::extents, Job, broken>, "Input: the axis N of an input is N<cleave::batch>, whatever the batch size, and its other axes have fixed extents");
  static_assert(detail::job_keeps<Asked::threads, Job, broken>, "DataParallelGroup: a device has at least 1 thread");
  static_assert(detail::job_keeps<Asked::share_count, Job, broken>, "DataParallelGroup: a job's workload needs one share a device");
  static_assert(detail::job_keeps<Asked::shares, Job, broken>, "DataParallelGroup: every share of the workload must be a positive number");
  static_assert(detail::job_keeps<Asked::arity, Job, broken>, "DataParallelGroup: the model cannot be called with one symbol for each data input of the job");
  static_assert(detail::job_keeps<Asked::returned, Job, broken>, "DataParallelGroup: a model returns a symbol, or several with cleave::outputs");
  // clang-format on
  static_assert(
      detail::every_device_has_rows<Narrowest::size, Narrowest::devices, Narrowest::starving>,
      "DataParallelGroup: a batch leaves a device without rows; use fewer devices, a larger batch or other shares");
  // clang-format off
  static_assert(detail::keeps<Rule::shapes_differ, Found>, "program: the operands of an operation do not fit by axis name");
  static_assert(detail::keeps<Rule::axis_absent, Found>, "program: an operation names an axis that its operand lacks");
  static_assert(detail::keeps<Rule::axis_named_twice, Found>, "program: an operation names an axis twice");
  static_assert(detail::keeps<Rule::dtype_unsupported, Found>, "program: operations compute with float and double; declare the input as one of them, scatter casts what the batch holds");
  static_assert(detail::keeps<Rule::dtypes_differ, Found>, "program: the operands of an operation have different element types");
  static_assert(detail::keeps<Rule::name_used_twice, Found>, "model: two parameters or inputs have the same name; give every layer its own");
  static_assert(detail::keeps<Rule::input_missing, Found>, "model: a head needs a label that is among no labels of the job; add it to the job's labels");
  static_assert(detail::keeps<Rule::label_unused, Found>, "model: a label of the job is used by no head, which finds its label by name; name a head after it, or leave the label out");
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
  static_assert(detail::keeps<Rule::budget_exceeded, Found>, "memory_budget: no plan of the program was found that fits, even with elementwise values computed again; the smallest needs as many bytes a device as the first axis B says, the budget is the second");
  static_assert(detail::keeps<Rule::number_out_of_range, Found>, "model: a number given to a layer is out of range; dropout and label smoothing take one in [0, 1), a temperature is above 0");
  static_assert(detail::keeps<Rule::extents_differ, Found>, "program: the operands of an operation have different extents along an axis");
  static_assert(detail::keeps<Rule::batch_axis_reduced, Found>, "placement: a reduction over the batch axis that is no sum cannot be completed across devices");
  // clang-format on
};

} // namespace cleave
