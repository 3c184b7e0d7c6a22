// SPDX-License-Identifier: Apache-2.0
#include <cleave/base/error.hpp>
#include <cleave/device/copy.hpp>
#include <cleave/device/memory.hpp>
#include <cleave/device/pool.hpp>
#include <cleave/device/team.hpp>
#include <cleave/group/core.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cleave::detail {

constexpr int index_of(ArenaId arena) { return static_cast<int>(arena); }

namespace groups {

/// What the last pass left in the arenas.
enum class Phase : std::uint8_t { nothing, forward, backward, updated };

inline double read_scalar(const std::byte* from, DType dtype) {
  double value = 0;
  copy_elements(&value, DType::f64, from, dtype, 1);
  return value;
}

} // namespace groups

struct GroupCore::State {
  explicit State(const GroupPlan& group)
      : plan(group),
        pool(group.devices, "device", group.subnormals),
        arenas(static_cast<std::size_t>(group.devices)),
        learning_rate_multipliers(static_cast<std::size_t>(group.parameter_count), 1.),
        weight_decay_multipliers(static_cast<std::size_t>(group.parameter_count)),
        is_set(static_cast<std::size_t>(group.parameter_count), false) {
    for (int d = 0; group.threads > 1 && d < group.devices; ++d) {
      teams.push_back(std::make_unique<Team>(group.threads, group.subnormals));
    }
    for (Device& device : arenas) {
      device.require(index_of(ArenaId::parameters), plan.parameter_bytes);
      device.require(index_of(ArenaId::gradients), plan.gradient_bytes);
    }
    if (plan.optimizer.state_buffers > 0) {
      optimizer_state = Arena(static_cast<std::size_t>(plan.optimizer.state_buffers) *
                              static_cast<std::size_t>(plan.parameter_bytes));
    }
    for (int i = 0; i < plan.parameter_count; ++i) {
      const char* const name = plan.parameters[i].name;
      weight_decay_multipliers[static_cast<std::size_t>(i)] =
          ends_with(name, "_weight") || ends_with(name, "_gamma") ? 1. : 0.;
    }
  }

  struct Device {
    Arena blocks[arena_count];
    ArenaPointers pointers{};

    /// Makes an arena at least that large; what was in it is lost when it grows.
    void require(int arena, extent bytes) {
      if (blocks[arena].size() < static_cast<std::size_t>(bytes)) {
        blocks[arena] = Arena(static_cast<std::size_t>(bytes));
        pointers.base[arena] = blocks[arena].data();
      }
    }
  };

  void expect_parameters() const {
    for (int i = 0; i < plan.parameter_count; ++i) {
      if (!is_set[static_cast<std::size_t>(i)]) {
        fail("DataParallelGroup: the parameter %s has no value yet; call initialize, or set_parameter for each",
             plan.parameters[i].name);
      }
    }
  }

  static void expect_inputs(const GroupProgram& next, const BatchInput* batch) {
    for (int i = 0; i < next.input_count; ++i) {
      if (batch[i].data == nullptr) {
        fail("DataParallelGroup: the input %s is absent from the batch, but %s needs it; give Batch or the iterator "
             "its array",
             next.input_names[i], next.trains ? "training" : "evaluation");
      }
    }
  }

  /// Copies device `d`'s rows of every input into its arena, casting.
  void scatter(int d) const {
    const DeviceProgram& device = program->devices[d];
    const ArenaPointers& memory = arenas[static_cast<std::size_t>(d)].pointers;
    for (int i = 0; i < program->input_count; ++i) {
      const RowLayout& layout = program->inputs[i];
      const bool whole = layout.placement == Placement::replicated;
      const extent all = whole ? 1 : program->rows;
      const extent first = whole ? 0 : device.first_row;
      const extent rows = whole ? 1 : device.rows;
      const auto* const from =
          static_cast<const std::byte*>(inputs[i].data) + first * layout.inner * size_of(inputs[i].dtype);
      const Location to = device.inputs[i];
      copy_block(memory.base[index_of(to.arena)] + to.offset, layout.dtype, rows * layout.inner, from, inputs[i].dtype,
                 all * layout.inner, layout.outer, rows * layout.inner);
    }
    if (device.batch_rows.offset >= 0) {
      const auto rows = static_cast<double>(program->rows);
      copy_elements(memory.base[index_of(device.batch_rows.arena)] + device.batch_rows.offset,
                    program->batch_rows_dtype, &rows, DType::f64, 1);
    }
    if (device.random_key.offset >= 0) {
      const std::int64_t key[] = {static_cast<std::int64_t>(seed), pass_number(), device.first_row};
      std::memcpy(memory.base[index_of(device.random_key.arena)] + device.random_key.offset, key, sizeof key);
    }
  }

  /// Passes of training and of evaluation are counted apart; the lowest bit tells them apart as well.
  [[nodiscard]] std::int64_t pass_number() const {
    return program->trains ? 2 * training_passes : 2 * evaluation_passes + 1;
  }
  void count_pass() { ++(program->trains ? training_passes : evaluation_passes); }

  void run(int d, int begin, int end) const {
    const DeviceProgram& device = program->devices[d];
    const ArenaPointers& memory = arenas[static_cast<std::size_t>(d)].pointers;
    for (int i = begin; i < end; ++i) {
      device.steps[i].kernel(memory.base, device.steps[i].arguments);
    }
  }

  template <class Task>
  void on_devices(Task task) {
    auto with_team = [this, &task](int device) {
      if (teams.empty()) {
        task(device);
      } else {
        const Team::Use use(*teams[static_cast<std::size_t>(device)]);
        task(device);
      }
    };
    using WithTeam = decltype(with_team);
    pool.run([](void* context, int device) { (*static_cast<WithTeam*>(context))(device); }, &with_team);
  }

  void start(const GroupProgram& next, const BatchInput* batch) {
    expect_parameters();
    expect_inputs(next, batch);
    phase = groups::Phase::nothing;
    for (int d = 0; d < plan.devices; ++d) {
      for (const ArenaId arena : {ArenaId::inputs, ArenaId::activations, ArenaId::gradients}) {
        arenas[static_cast<std::size_t>(d)].require(index_of(arena), next.devices[d].arena_bytes[index_of(arena)]);
      }
    }
    program = &next;
    inputs = batch;
  }

  /// What the heads of the last pass are normalised by: rows, valid labels, or 1.
  [[nodiscard]] double count_seen() const {
    switch (program->normaliser) {
    case Normaliser::rows:
      return static_cast<double>(program->rows);
    case Normaliser::counted: {
      double count = 0;
      for (int d = 0; d < (program->valid_count_summed ? plan.devices : 1); ++d) {
        const Location where = program->devices[d].valid_count;
        count +=
            groups::read_scalar(arenas[static_cast<std::size_t>(d)].pointers.base[index_of(where.arena)] + where.offset,
                                program->valid_count_dtype);
      }
      return count;
    }
    case Normaliser::unset:
    case Normaliser::none:
      break;
    }
    return 1;
  }

  void end_backward() {
    phase = groups::Phase::backward;
    seen = count_seen();
    // A plain sum is divided by nothing, however many passes add up.
    const bool counts = program->normaliser == Normaliser::rows || program->normaliser == Normaliser::counted;
    seen_since_clear = counts ? seen_since_clear + seen : 1;
  }

  void forget_gradients() {
    for (Device& device : arenas) {
      device.blocks[index_of(ArenaId::gradients)].clear();
    }
    seen_since_clear = 0;
  }

  /// Device `d`'s share of the update: an equal part of every parameter, for all replicas.
  void update_share(int d, const OptimizerRates& rates) {
    void* weights[max_devices];
    const void* gradients[max_devices];
    for (int i = 0; i < plan.parameter_count; ++i) {
      const ParameterPlan& parameter = plan.parameters[i];
      if (parameter.gradient.offset < 0) {
        continue;
      }
      const extent size = parameter.dims.size();
      const extent bytes = size_of(parameter.dtype);
      const auto unit = static_cast<extent>(alignment) / bytes; // shares share no cache line
      const auto border = [&](int device) {
        return std::min(size, (size * device / plan.devices + unit - 1) / unit * unit);
      };
      const extent begin = border(d);
      const extent end = d + 1 == plan.devices ? size : border(d + 1);
      if (begin >= end) {
        continue;
      }
      for (int e = 0; e < plan.devices; ++e) {
        const ArenaPointers& memory = arenas[static_cast<std::size_t>(e)].pointers;
        weights[e] = memory.base[index_of(ArenaId::parameters)] + parameter.value.offset + begin * bytes;
        gradients[e] = memory.base[index_of(ArenaId::gradients)] + parameter.gradient.offset + begin * bytes;
      }
      OptimizerCall call;
      call.dtype = parameter.dtype;
      call.devices = plan.devices;
      call.addends = parameter.summed ? plan.devices : 1;
      call.weights = weights;
      call.gradients = gradients;
      call.count = end - begin;
      call.rates = rates;
      if (rates.rescale == by_normaliser) {
        call.rates.rescale = 1 / std::max(1., parameter.accumulates ? seen_since_clear : seen);
      }
      call.rates.learning_rate *= learning_rate_multipliers[static_cast<std::size_t>(i)];
      call.rates.weight_decay *= weight_decay_multipliers[static_cast<std::size_t>(i)];
      call.state =
          plan.optimizer.state_buffers > 0 ? optimizer_state.data() + parameter.value.offset + begin * bytes : nullptr;
      plan.optimizer.update(call);
    }
  }

  void update(const OptimizerRates& rates) {
    const auto share = [&](int d) { update_share(d, rates); };
    on_devices(share);
    phase = groups::Phase::updated;
  }

  /// Joins values of `layout` that lie at `where(d)` over devices.
  template <class Where>
  void merge(const RowLayout& layout, void* out, Where where) const {
    auto* const to = static_cast<std::byte*>(out);
    const extent bytes = size_of(layout.dtype);
    if (layout.placement == Placement::sharded) {
      for (int d = 0; d < plan.devices; ++d) {
        const DeviceProgram& device = program->devices[d];
        copy_block(to + device.first_row * layout.inner * bytes, layout.dtype, program->rows * layout.inner, where(d),
                   layout.dtype, device.rows * layout.inner, layout.outer, device.rows * layout.inner);
      }
      return;
    }
    const extent count = layout.outer * layout.inner;
    std::memcpy(to, where(0), static_cast<std::size_t>(count * bytes));
    if (layout.placement == Placement::partial) {
      for (int d = 1; d < plan.devices; ++d) {
        if (layout.dtype == DType::f64) {
          add(static_cast<double*>(out), reinterpret_cast<const double*>(where(d)), count);
        } else {
          add(static_cast<float*>(out), reinterpret_cast<const float*>(where(d)), count);
        }
      }
    }
  }

  template <class T>
  static void add(T* sum, const T* addend, extent count) {
    for (extent i = 0; i < count; ++i) {
      sum[i] += addend[i];
    }
  }

  GroupPlan plan;
  ThreadPool pool;                          ///< one thread a device
  std::vector<std::unique_ptr<Team>> teams; ///< one a device, or none where a device has one thread
  std::vector<Device> arenas;
  Arena optimizer_state;
  std::vector<double> learning_rate_multipliers;
  std::vector<double> weight_decay_multipliers;
  std::vector<bool> is_set;
  const GroupProgram* program = nullptr;
  const BatchInput* inputs = nullptr;
  groups::Phase phase = groups::Phase::nothing;
  std::uint64_t seed = 0; ///< of random layers
  std::int64_t training_passes = 0;
  std::int64_t evaluation_passes = 0;
  double seen = 1;             ///< rows or labels that the last backward pass saw
  double seen_since_clear = 0; ///< the same over passes, for gradients that add up
};

CLEAVE_INLINE GroupCore::GroupCore(const GroupPlan& plan) : state_(new State(plan)) {}
CLEAVE_INLINE GroupCore::GroupCore(GroupCore&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
CLEAVE_INLINE GroupCore& GroupCore::operator=(GroupCore&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}
CLEAVE_INLINE GroupCore::~GroupCore() { delete state_; }

CLEAVE_INLINE GroupCore::State& GroupCore::use() const {
  if (state_ == nullptr) {
    fail("DataParallelGroup: this group was moved from; use the one it was moved to");
  }
  return *state_;
}

CLEAVE_INLINE std::byte* GroupCore::at(int device, Location where) const {
  if (device < 0 || device >= use().plan.devices) {
    fail("DataParallelGroup: expected a device from 0 to %d, but %d was asked for; the job names its devices",
         use().plan.devices - 1, device);
  }
  return use().arenas[static_cast<std::size_t>(device)].pointers.base[index_of(where.arena)] + where.offset;
}

CLEAVE_INLINE void GroupCore::initialize(void (*fill)(void* context, const ParameterSlot& slot), void* context) {
  State& state = use();
  const auto bytes = static_cast<std::size_t>(state.plan.parameter_bytes);
  const Arena fresh(bytes); // filled completely before anything changes
  for (int i = 0; i < state.plan.parameter_count; ++i) {
    const ParameterPlan& parameter = state.plan.parameters[i];
    fill(context, {parameter.name, i, parameter.dims, parameter.dtype, fresh.data() + parameter.value.offset});
  }
  for (const State::Device& device : state.arenas) {
    if (bytes > 0) {
      std::memcpy(device.pointers.base[index_of(ArenaId::parameters)], fresh.data(), bytes);
    }
  }
  // A fresh start: neither momenta nor gradients of the old parameters reach the new ones.
  state.optimizer_state.clear();
  state.forget_gradients();
  state.phase = groups::Phase::nothing;
  state.is_set.assign(state.is_set.size(), true);
}

CLEAVE_INLINE void GroupCore::set_parameter(int parameter, const void* data, DType dtype) {
  State& state = use();
  const ParameterPlan& plan = state.plan.parameters[parameter];
  for (int d = 0; d < state.plan.devices; ++d) {
    copy_elements(at(d, plan.value), plan.dtype, data, dtype, plan.dims.size());
  }
  state.is_set[static_cast<std::size_t>(parameter)] = true;
}

namespace groups {

inline void expect_rates(const OptimizerRates& rates) {
  const double values[] = {rates.learning_rate, rates.momentum, rates.weight_decay, rates.clip_gradient, rates.rescale};
  const char* const names[] = {"learning_rate", "momentum", "weight_decay", "clip_gradient", "rescale"};
  for (std::size_t i = 0; i < std::size(values); ++i) {
    if (!std::isfinite(values[i])) {
      fail("update: expected a finite %s, but %g came; check what it is computed from", names[i], values[i]);
    }
  }
}

} // namespace groups

CLEAVE_INLINE void GroupCore::forward(const GroupProgram& program, const BatchInput* inputs) {
  State& state = use();
  state.start(program, inputs);
  const auto task = [&state](int d) {
    state.scatter(d);
    state.run(d, 0, state.program->devices[d].forward);
  };
  state.on_devices(task);
  state.count_pass(); // reached only when every device has succeeded
  state.phase = groups::Phase::forward;
}

CLEAVE_INLINE void GroupCore::backward() {
  State& state = use();
  if (state.phase == groups::Phase::nothing || !state.program->trains) {
    fail("backward: expects a forward<train> pass before it; the last pass was %s",
         state.phase == groups::Phase::nothing ? "none (or failed)" : "forward<evaluate>");
  }
  if (state.phase == groups::Phase::backward || state.phase == groups::Phase::updated) {
    fail("backward: was already called for this forward pass, whose intermediate values are gone; call forward<train> "
         "first");
  }
  const auto task = [&state](int d) {
    const DeviceProgram& device = state.program->devices[d];
    state.run(d, device.forward, device.count);
  };
  state.phase = groups::Phase::nothing;
  state.on_devices(task);
  state.end_backward();
}

CLEAVE_INLINE void GroupCore::update(const OptimizerRates& rates) {
  State& state = use();
  groups::expect_rates(rates);
  if (state.phase == groups::Phase::updated) {
    fail("update: was already called for these gradients; run forward<train> and backward again");
  }
  if (state.phase != groups::Phase::backward) {
    fail("update: expects forward<train> and backward before it, there are no new gradients");
  }
  state.update(rates);
}

CLEAVE_INLINE void GroupCore::step(const GroupProgram& program, const BatchInput* inputs, const OptimizerRates& rates) {
  State& state = use();
  groups::expect_rates(rates);
  state.start(program, inputs);
  const auto task = [&state](int d) {
    state.scatter(d);
    state.run(d, 0, state.program->devices[d].count);
  };
  state.on_devices(task);
  state.count_pass();
  state.end_backward();
  state.update(rates); // reached only when every device has succeeded
}

CLEAVE_INLINE void GroupCore::clear_gradients() { use().forget_gradients(); }

CLEAVE_INLINE void GroupCore::set_seed(std::uint64_t seed) {
  State& state = use();
  state.seed = seed;
  state.training_passes = 0;
  state.evaluation_passes = 0;
}

CLEAVE_INLINE void GroupCore::set_multipliers(int parameter, double learning_rate, double weight_decay) {
  if (!std::isfinite(learning_rate) || !std::isfinite(weight_decay)) {
    fail("set_multipliers: expected finite factors for the parameter %s, but %g (learning rate) and %g (weight decay) "
         "came; 1 and 1 change nothing",
         use().plan.parameters[parameter].name, learning_rate, weight_decay);
  }
  use().learning_rate_multipliers[static_cast<std::size_t>(parameter)] = learning_rate;
  use().weight_decay_multipliers[static_cast<std::size_t>(parameter)] = weight_decay;
}

CLEAVE_INLINE void GroupCore::get_multipliers(int parameter, double& learning_rate, double& weight_decay) const {
  learning_rate = use().learning_rate_multipliers[static_cast<std::size_t>(parameter)];
  weight_decay = use().weight_decay_multipliers[static_cast<std::size_t>(parameter)];
}

CLEAVE_INLINE void GroupCore::expect_backward(const char* what) const {
  if (use().phase != groups::Phase::backward && use().phase != groups::Phase::updated) {
    fail("%s: there is nothing to read yet; run forward<train> and backward first", what);
  }
}

CLEAVE_INLINE void GroupCore::expect_program(const GroupProgram& program, bool after_backward, const char* what) const {
  const State& state = use();
  if (after_backward) {
    expect_backward(what);
  } else if (state.phase == groups::Phase::nothing) {
    fail("%s: there is nothing to read yet; run forward first", what);
  }
  if (state.program->rows != program.rows) {
    fail("%s: asked for a batch of %td rows, but the last one had %td; name the size, as in %s<%td>()", what,
         program.rows, state.program->rows, what, state.program->rows);
  }
}

CLEAVE_INLINE void GroupCore::merge_output(const GroupProgram& program, int output, void* out) {
  const State& state = use();
  state.merge(program.outputs[output], out, [&](int d) { return at(d, state.program->devices[d].outputs[output]); });
}

CLEAVE_INLINE void GroupCore::merge_input_gradient(const GroupProgram& program, int input, void* out) {
  const State& state = use();
  RowLayout layout = program.inputs[input];
  layout.placement = program.input_gradients[input]; // of what every device has whole: addends, or the whole again
  state.merge(layout, out, [&](int d) { return at(d, state.program->devices[d].input_gradients[input]); });
}

CLEAVE_INLINE Location GroupCore::output_location(int device, int output) const {
  return use().program->devices[device].outputs[output];
}

CLEAVE_INLINE void unknown_batch_size(extent rows, const extent* compiled, int count) {
  std::string sizes;
  for (int i = 0; i < count; ++i) {
    sizes += (i == 0 ? "" : ", ") + std::to_string(compiled[i]);
  }
  fail(
      "DataParallelGroup: a batch of %td rows came, but the job is compiled for batches of %s; make the iterator yield "
      "one of these, or add the size to the job's Batches",
      rows, sizes.c_str());
}

} // namespace cleave::detail
