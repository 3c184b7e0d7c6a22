// SPDX-License-Identifier: Apache-2.0
// The families group_*: a DataParallelGroup behind an interface without types, so that the checks compile once and a
// generated unit instantiates the group and little else.
#pragma once

#include "oracle/support.hpp"

#include <cleave/group/data_parallel_group.hpp>
#include <cleave/ops/elementwise.hpp>

#include <utility>

namespace oracle {

template <cleave::FixedString... Name>
struct Names {};

struct Rates {
  double learning_rate = 0.01;
  double momentum = 0;
  double weight_decay = 0;
  double clip_gradient = 0;
  double rescale = cleave::by_normaliser;
};

/// A group whose job the checks need not know.
class Group {
public:
  Group() = default;
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;
  virtual ~Group() = default;

  int devices = 0;
  long rows = 0;
  std::vector<long> begin; ///< rows of each device
  std::vector<long> end;
  std::vector<std::string> parameters; ///< in the group's order
  std::vector<bool> has_gradient;      ///< one a parameter
  std::vector<std::string> data;       ///< inputs, in the job's order
  std::vector<std::string> labels;
  std::vector<std::string> input_gradients; ///< data inputs whose gradient was requested
  int outputs = 0;

  virtual void set_parameter(int parameter, const Numbers& values) = 0;
  /// Data inputs, then labels; `typed` takes the batch whose size the compiler knows.
  virtual void forward(bool trains, bool typed, const std::vector<Numbers>& inputs) = 0;
  virtual void backward() = 0;
  virtual void update(const Rates& rates) = 0;
  [[nodiscard]] virtual Array merged_output(int output) = 0;
  [[nodiscard]] virtual Array device_output(int device, int output) = 0;
  [[nodiscard]] virtual Array replica(int parameter, int device) = 0;
  [[nodiscard]] virtual Array gradient(int parameter, int device) = 0;
  [[nodiscard]] virtual Array merged_input_gradient(int input) = 0;
  [[nodiscard]] virtual Array input_gradient(int input, int device) = 0;
};

namespace detail {

template <class S>
Extents extents_of() {
  return {S::dims.extents, S::dims.extents + S::rank};
}

template <class T>
Array copied(const T* values, const Extents& shape, cleave::extent count) {
  Array array{shape, {}};
  array.data.assign(values, values + count);
  return array;
}
template <class V>
Array read(const V& view) {
  return copied(view.data(), extents_of<typename V::shape>(), V::shape::size);
}
template <class V>
Array read(const cleave::Partial<V>& partial) {
  return read(partial.unreduced());
}

} // namespace detail

/// `Test` names a Job, its parameters and the inputs whose gradients it wants, and says whether it ever evaluates.
template <class Test, class Parameters = typename Test::parameters, class Gradients = typename Test::input_gradients>
class TypedGroup;

template <class Test, cleave::FixedString... Parameter, cleave::FixedString... WithGradient>
class TypedGroup<Test, Names<Parameter...>, Names<WithGradient...>> final : public Group {
  using Job = typename Test::Job;
  using G = cleave::DataParallelGroup<Job>;
  using Data = typename Job::data;
  using Labels = cleave::detail::labels_of<Job>;
  using All = cleave::detail::inputs_of<Job>;
  static constexpr bool is_trained = Labels::count > 0;
  static constexpr cleave::extent batch = G::default_batch;
  using DeviceIndices = std::make_integer_sequence<int, G::devices>;
  using OutputIndices = std::make_integer_sequence<int, G::output_count>;

public:
  TypedGroup() {
    devices = G::devices;
    rows = batch;
    outputs = G::output_count;
    for (int d = 0; d < devices; ++d) {
      begin.push_back(G::template slices<batch>.begin[d]);
      end.push_back(G::template slices<batch>.end[d]);
    }
    using Table = cleave::detail::ParametersOf<Job>;
    for (int p = 0; p < Table::count; ++p) {
      parameters.emplace_back(Table::table.of[p].name);
      has_gradient.push_back(Table::table.of[p].gradient.offset >= 0);
    }
    name_inputs(std::make_integer_sequence<int, All::count>{});
    (input_gradients.emplace_back(WithGradient.value), ...);
  }

  void set_parameter(int parameter, const Numbers& values) override {
    at(parameter, [&]<cleave::FixedString Name>() {
      using V = decltype(group_.template parameter<Name>());
      group_.template set_parameter<Name>(cleave::View<const double, typename V::shape>(values.data()));
    });
  }

  void forward(bool trains, bool typed, const std::vector<Numbers>& inputs) override {
    if (typed) {
      forward_typed(trains, inputs, std::make_integer_sequence<int, Data::count>{},
                    std::make_integer_sequence<int, All::count>{});
      return;
    }
    cleave::AnyBatch<Job> any;
    any.rows = batch;
    for (std::size_t i = 0; i < inputs.size() && i < static_cast<std::size_t>(All::count); ++i) {
      any.inputs[i] = {inputs[i].data(), cleave::DType::f64};
    }
    run(trains, any);
  }
  void backward() override { group_.backward(); }
  void update(const Rates& rates) override {
    if constexpr (cleave::detail::has_optimizer<Job>) {
      group_.update({.learning_rate = rates.learning_rate,
                     .momentum = rates.momentum,
                     .weight_decay = rates.weight_decay,
                     .clip_gradient = rates.clip_gradient,
                     .rescale = rates.rescale});
    }
  }

  Array merged_output(int output) override { return merged_output(output, OutputIndices{}); }
  Array device_output(int device, int output) override { return device_output(device, output, OutputIndices{}); }
  Array replica(int parameter, int device) override {
    Array array;
    at(parameter, [&]<cleave::FixedString Name>() { array = detail::read(group_.template replica<Name>(device)); });
    return array;
  }
  Array gradient(int parameter, int device) override {
    Array array;
    at(parameter, [&]<cleave::FixedString Name>() {
      if constexpr (wants_gradient<Name>()) {
        array = detail::read(group_.template gradient<Name>(device));
      }
    });
    return array;
  }
  Array merged_input_gradient(int input) override {
    Array array;
    [[maybe_unused]] int i = 0;
    ((i++ == input ? void(array = detail::read(group_.template merged_input_gradient<WithGradient>())) : void()), ...);
    return array;
  }
  Array input_gradient(int input, int device) override { return input_gradient(input, device, DeviceIndices{}); }

private:
  template <cleave::FixedString Name>
  static constexpr bool wants_gradient() {
    using Table = cleave::detail::ParametersOf<Job>;
    return is_trained && Table::table.of[Table::index_of(Name.value)].gradient.offset >= 0;
  }
  /// Calls `what` with the name of a parameter.
  template <class What>
  void at(int parameter, What what) {
    const std::string& name = parameters[static_cast<std::size_t>(parameter)];
    ((name == Parameter.value ? what.template operator()<Parameter>() : void()), ...);
  }
  template <int... I>
  void name_inputs(std::integer_sequence<int, I...> /*inputs*/) {
    ((I < Data::count ? data : labels).emplace_back(All::template at<I>::name), ...);
  }

  template <class B>
  void run(bool trains, const B& batch_of_rows) {
    if constexpr (is_trained) {
      if (trains) {
        group_.template forward<cleave::train>(batch_of_rows);
      }
    }
    if constexpr (Test::evaluates) {
      if (!trains) {
        group_.template forward<cleave::evaluate>(batch_of_rows);
      }
    }
  }
  template <int I>
  static auto input_view(const std::vector<Numbers>& inputs) {
    using S = typename All::template at<I>::template shape_of<batch>;
    return cleave::View<const double, S>(inputs[static_cast<std::size_t>(I)].data());
  }
  template <int... D, int... I>
  void forward_typed(bool trains, const std::vector<Numbers>& inputs, std::integer_sequence<int, D...> /*data*/,
                     std::integer_sequence<int, I...> /*all*/) {
    if (inputs.size() < static_cast<std::size_t>(All::count)) {
      run(trains, cleave::Batch<Job, batch>(input_view<D>(inputs)...));
    } else {
      run(trains, cleave::Batch<Job, batch>(input_view<I>(inputs)...));
    }
  }

  template <int... K>
  Array merged_output(int output, std::integer_sequence<int, K...> /*outputs*/) {
    Array array;
    ((K == output ? void(array = detail::read(group_.template merged_output<K>())) : void()), ...);
    return array;
  }
  template <int... K>
  Array device_output(int device, int output, std::integer_sequence<int, K...> /*outputs*/) {
    Array array;
    ((K == output ? void(array = output_on<K>(device, DeviceIndices{})) : void()), ...);
    return array;
  }
  template <int K, int... D>
  Array output_on(int device, std::integer_sequence<int, D...> /*devices*/) {
    Array array;
    ((D == device ? void(array = detail::read(group_.template device_output<D, K>())) : void()), ...);
    return array;
  }
  template <int... D>
  Array input_gradient(int input, [[maybe_unused]] int device, std::integer_sequence<int, D...> /*devices*/) {
    Array array;
    [[maybe_unused]] int i = 0;
    ((i++ == input ? void(array = gradient_on<WithGradient, D...>(device)) : void()), ...);
    return array;
  }
  template <cleave::FixedString Name, int... D>
  Array gradient_on(int device) {
    Array array;
    ((D == device ? void(array = detail::read(group_.template input_gradient<Name, D>())) : void()), ...);
    return array;
  }

  G group_;
};

/// By what MXNet divides a gradient inside the head, on each device by itself.
enum class Divides { nothing, rows, valid_labels };

struct GroupFacts {
  Divides divides = Divides::nothing;
  int label = 0; ///< position of the label whose entries count
  double ignore_label = -1;
  bool replicas_diverge = false; ///< recorded without a kvstore: every device updates by itself
};

/// Runs all steps of a recorded case and compares whatever it holds.
void check_group(Case& at, Group& group, const GroupFacts& facts);

} // namespace oracle
