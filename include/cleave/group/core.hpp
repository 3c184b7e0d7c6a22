// SPDX-License-Identifier: Apache-2.0
// The part of a group that needs no types: memory, scatter, running, reducing, merging. DataParallelGroup is the typed
// face in front of it. Compiled in cleave::kernels.
#pragma once

#include <cleave/device/pool.hpp>
#include <cleave/exec/executor.hpp>
#include <cleave/group/batch.hpp>
#include <cleave/group/optimizer.hpp>
#include <cleave/group/parameter.hpp>

namespace cleave::detail {

/// An input or output along its batch axis: `outer` blocks of N rows of `inner` elements; outer = 1 where N leads.
struct RowLayout {
  extent outer = 1;
  extent inner = 1;
  DType dtype = DType::f32;
  Placement placement = Placement::replicated; ///< replicated where it has no batch axis
};

constexpr RowLayout row_layout(const Dims& dims, DType dtype, Placement placement) {
  RowLayout layout{1, 1, dtype, placement};
  const int at = dims.index_of(batch_axis);
  for (int i = 0; i < dims.rank; ++i) {
    if (i < at) {
      layout.outer *= dims.extents[i];
    } else if (i > at) {
      layout.inner *= dims.extents[i];
    }
  }
  return layout;
}

/// One program of one device: what runs, and where things lie in its arenas.
struct DeviceProgram {
  const Step* steps = nullptr;
  int forward = 0;
  int count = 0;
  extent first_row = 0;
  extent rows = 0;
  const Location* inputs = nullptr; ///< in the job's order; labels only in training
  const Location* outputs = nullptr;
  const Location* input_gradients = nullptr; ///< one an input; offset < 0: none
  Location batch_rows{-1};                   ///< offset < 0: the program does not read it
  Location random_key{-1};                   ///< likewise: seed, pass, first row (graph/leaf.hpp)
  Location valid_count{-1};                  ///< offset < 0: none
  const extent* arena_bytes = nullptr;
};

/// One mode at one batch size, on all devices.
struct GroupProgram {
  const DeviceProgram* devices = nullptr;
  extent rows = 0;
  int input_count = 0; ///< bound inputs; labels are left out in evaluation
  const RowLayout* inputs = nullptr;
  const Placement* input_gradients = nullptr; ///< one an input; replicated also where none was asked for
  int output_count = 0;
  const RowLayout* outputs = nullptr;
  const char* const* input_names = nullptr;
  DType batch_rows_dtype = DType::f32;
  DType valid_count_dtype = DType::f32;
  bool valid_count_summed = true; ///< whether devices count their own labels; else all count the same ones
  Normaliser normaliser = Normaliser::none;
  bool trains = false;
};

/// A parameter as the group knows it.
struct ParameterPlan {
  const char* name = "";
  Dims dims{};
  DType dtype = DType::f32;
  Location value{};
  Location gradient{-1};    ///< offset < 0: frozen
  bool summed = true;       ///< whether its gradient is a partial sum; else every device has the whole
  bool accumulates = false; ///< its gradient adds up until it is cleared
};

/// Most devices of one group in one process.
inline constexpr int max_devices = 64;

struct GroupPlan {
  int devices = 0;
  int parameter_count = 0;
  const ParameterPlan* parameters = nullptr;
  extent parameter_bytes = 0;
  extent gradient_bytes = 0;
  OptimizerRule optimizer{};
  int threads = 1; ///< of each device
  Subnormals subnormals = Subnormals::flushed;
};

class GroupCore {
public:
  explicit GroupCore(const GroupPlan& plan);
  GroupCore(GroupCore&& other) noexcept;
  GroupCore& operator=(GroupCore&& other) noexcept;
  GroupCore(const GroupCore&) = delete;
  GroupCore& operator=(const GroupCore&) = delete;
  ~GroupCore();

  /// Fills device 0's parameters by `fill(context, slot)`, then copies them to the other devices. All or nothing.
  void initialize(void (*fill)(void* context, const ParameterSlot& slot), void* context);
  void set_parameter(int parameter, const void* data, DType dtype);

  void forward(const GroupProgram& program, const BatchInput* inputs);
  void backward();
  void step(const GroupProgram& program, const BatchInput* inputs, const OptimizerRates& rates);
  void update(const OptimizerRates& rates);
  void clear_gradients();
  /// Starts the random layers' course afresh: their masks follow from the seed and the passes counted from here.
  void set_seed(std::uint64_t seed);
  void set_multipliers(int parameter, double learning_rate, double weight_decay);
  void get_multipliers(int parameter, double& learning_rate, double& weight_decay) const;

  /// Joins an output over devices into `out`: rows concatenated, addends summed, replicas taken once.
  void merge_output(const GroupProgram& program, int output, void* out);
  void merge_input_gradient(const GroupProgram& program, int input, void* out);
  /// Errors unless the last pass had this program's batch size (and `after_backward`: was followed by backward).
  void expect_program(const GroupProgram& program, bool after_backward, const char* what) const;

  void expect_backward(const char* what) const;

  [[nodiscard]] std::byte* at(int device, Location where) const;
  /// Where the last pass left an output on a device.
  [[nodiscard]] Location output_location(int device, int output) const;

private:
  struct State;
  /// Errors: throws Error when the group was moved from.
  [[nodiscard]] State& use() const;

  State* state_;
};

/// Throws Error: a batch came in a size that the job was not compiled for.
[[noreturn]] void unknown_batch_size(extent rows, const extent* compiled, int count);

} // namespace cleave::detail

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(group, core)
#endif
