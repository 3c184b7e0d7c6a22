// SPDX-License-Identifier: Apache-2.0
#include "oracle/group.hpp"

#include <cleave/group/metric.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>

namespace oracle {
namespace {

std::size_t index(long i) { return static_cast<std::size_t>(i); }

/// Weights or momenta of all parameters of one device.
using Weights = std::vector<Numbers>;

/// MXNet's SGD, in doubles: what a listed difference is computed with.
void apply_sgd(const Rates& rates, const std::string& name, const Numbers& gradient, Numbers& weight,
               Numbers& momentum) {
  const auto ends_with = [&](const char* ending) {
    const std::string text = ending;
    return name.size() >= text.size() && name.compare(name.size() - text.size(), text.size(), text) == 0;
  };
  const double decay = ends_with("_weight") || ends_with("_gamma") ? rates.weight_decay : 0;
  momentum.resize(weight.size(), 0);
  for (std::size_t i = 0; i < weight.size(); ++i) {
    double g = rates.rescale * gradient[i];
    if (rates.clip_gradient > 0) {
      g = std::clamp(g, -rates.clip_gradient, rates.clip_gradient);
    }
    momentum[i] = rates.momentum * momentum[i] - rates.learning_rate * (decay * weight[i] + g);
    weight[i] += momentum[i];
  }
}

void add(Numbers& sum, const Numbers& addend, double factor) {
  sum.resize(addend.size(), 0);
  for (std::size_t i = 0; i < addend.size(); ++i) {
    sum[i] += factor * addend[i];
  }
}

/// The metrics of a case, running over its steps. Means of per-device means are made as MXNet makes them.
class Metrics {
public:
  void add(const Group& group, const Array& output, const Numbers& labels) {
    const std::size_t samples = labels.size();
    const std::size_t width = samples == 0 ? 0 : output.data.size() / samples;
    // mean squared error: the mean of an array, one array a device
    for (int d = 0; d < group.devices; ++d) {
      const std::size_t per_row = output.data.size() / index(group.rows);
      double sum = 0;
      const std::size_t first = index(group.begin[index(d)]) * per_row;
      const std::size_t last = index(group.end[index(d)]) * per_row;
      for (std::size_t i = first; i < last && labels.size() == output.data.size(); ++i) {
        sum += (output.data[i] - labels[i]) * (output.data[i] - labels[i]);
      }
      squares_ += sum / static_cast<double>(last - first);
      ++arrays_;
    }
    const bool legal = std::all_of(labels.begin(), labels.end(), [&](double label) {
      return label >= 0 && label < static_cast<double>(width) && label == std::floor(label);
    });
    by_cleave_ = by_cleave_ && legal;
    if (legal) {
      const std::vector<float> probabilities(output.data.begin(), output.data.end());
      metric_.add(probabilities.data(), static_cast<cleave::extent>(width), {labels.data(), cleave::DType::f64},
                  static_cast<cleave::extent>(samples));
    }
    for (std::size_t row = 0; row < samples && width > 0; ++row) { // labels as Python indexes: -1 is the last class
      const double* const p = output.data.data() + row * width;
      const auto best = static_cast<double>(std::max_element(p, p + width) - p);
      const auto label = static_cast<long>(labels[row]);
      const long at = label < 0 ? label + static_cast<long>(width) : label;
      correct_ += best == static_cast<double>(label) ? 1 : 0;
      entropy_ -= at >= 0 && at < static_cast<long>(width) ? std::log(p[at] + 1e-12) : std::nan("");
      ++count_;
    }
  }
  [[nodiscard]] double value(const std::string& name) const {
    if (name == "mse") {
      return squares_ / arrays_;
    }
    if (name == "accuracy" || name == "acc") {
      return by_cleave_ ? metric_.accuracy() : correct_ / count_;
    }
    return by_cleave_ ? metric_.cross_entropy() : entropy_ / count_;
  }

private:
  cleave::ClassificationMetric metric_;
  bool by_cleave_ = true;
  double squares_ = 0;
  double arrays_ = 0;
  double correct_ = 0;
  double entropy_ = 0;
  double count_ = 0;
};

class Checks {
public:
  Checks(Case& at, Group& group, const GroupFacts& facts) : at_(at), group_(group), facts_(facts) {}

  void run() {
    check_plan();
    for (int p = 0; p < parameter_count(); ++p) {
      initial_.push_back(at_.array(in("init_args", name(p))).data);
      group_.set_parameter(p, initial_.back());
    }
    if (at_.has("optimizer")) {
      const std::string params = "optimizer/params";
      rates_.learning_rate = at_.number_or(in(params, "learning_rate"), 0.01);
      rates_.momentum = at_.number_or(in(params, "momentum"), 0);
      rates_.weight_decay = at_.number_or(in(params, "wd"), 0);
      rates_.clip_gradient = std::max(0., at_.number_or(in(params, "clip_gradient"), 0));
      rates_.rescale = at_.number("optimizer/rescale_grad");
    }
    weights_.assign(index(group_.devices), initial_);
    momenta_.assign(index(group_.devices) + 1, Weights(initial_.size()));
    for (int step = 0; step < at_.size("steps"); ++step) {
      at_.begin_step(step);
      step_ = in("steps", step);
      tolerance_ = step == 0 ? Tolerance{2e-5, 2e-6} : Tolerance{1e-4, 1e-5};
      load(step);
      if (facts_.replicas_diverge) {
        run_diverging_step();
      } else {
        run_step(step);
      }
    }
  }

private:
  [[nodiscard]] int parameter_count() const { return static_cast<int>(group_.parameters.size()); }
  [[nodiscard]] const std::string& name(int p) const { return group_.parameters[index(p)]; }

  /// Slices, and the order of parameters.
  void check_plan() {
    for (int d = 0; d < at_.size("slices"); ++d) {
      const std::string path = in("slices", d);
      at_.compare("slices " + std::to_string(d), at_.array(path),
                  {{2}, {static_cast<double>(group_.begin[index(d)]), static_cast<double>(group_.end[index(d)])}}, {});
    }
    if (at_.has("arg_names")) {
      std::string recorded;
      for (const std::string& argument : at_.texts("arg_names")) {
        if (at_.has(in("init_args", argument))) {
          recorded += argument + " ";
        }
      }
      std::string mine;
      for (int p = 0; p < parameter_count(); ++p) {
        mine += name(p) + " ";
      }
      at_.expect("order of parameters", recorded, mine);
    }
  }

  /// The step's batch into inputs_; how many labels each device counts.
  void load(int step) {
    const std::string from = at_.has(in(step_, "same_batch_as_step"))
                                 ? in("steps", static_cast<int>(at_.number(in(step_, "same_batch_as_step"))))
                                 : step_;
    trains_ = at_.truth(in(step_, "is_train"));
    typed_ = step % 2 == 0;
    inputs_.clear();
    for (const std::string& input : group_.data) {
      inputs_.push_back(at_.array(in(in(from, "data"), input)).data);
    }
    labels_.clear();
    for (int i = 0; i < at_.size("labels"); ++i) { // evaluating groups have no label inputs; metrics do
      const std::string label = in(in(from, "label"), at_.text(in(in("labels", i), "name")));
      if (at_.has(label)) {
        labels_.push_back(at_.array(label).data);
      }
    }
    if (trains_) {
      for (const std::string& label : group_.labels) {
        inputs_.push_back(at_.array(in(in(from, "label"), label)).data);
      }
    }
    counts_.assign(index(group_.devices), 1);
    total_ = 0;
    for (int d = 0; d < group_.devices && facts_.divides != Divides::nothing && trains_; ++d) {
      double count = static_cast<double>(group_.end[index(d)] - group_.begin[index(d)]);
      const Numbers& label = labels_.at(index(facts_.label));
      const std::size_t per_row = label.size() / index(group_.rows);
      if (facts_.divides == Divides::valid_labels) {
        const auto first = label.begin() + group_.begin[index(d)] * static_cast<long>(per_row);
        const auto last = label.begin() + group_.end[index(d)] * static_cast<long>(per_row);
        count = static_cast<double>(std::count_if(first, last, [&](double one) { return one != facts_.ignore_label; }));
      } else {
        count *= static_cast<double>(per_row);
      }
      total_ += count;
      counts_[index(d)] = std::max(1., count);
    }
    total_ = std::max(1., total_);
  }

  void run_step(int step) {
    const bool counts_differ = facts_.divides != Divides::nothing && group_.devices > 1;
    if (counts_differ && step > 0 && at_.has(in(in("steps", step - 1), "params_after"))) {
      for (int p = 0; p < parameter_count(); ++p) { // the two systems part in every update: set out together again
        group_.set_parameter(p, at_.array(in(in(in("steps", step - 1), "params_after"), name(p))).data);
      }
    }
    group_.forward(trains_, typed_, inputs_);
    check_outputs();
    std::vector<Array> outputs;
    for (int k = 0; k < group_.outputs; ++k) {
      outputs.push_back(group_.merged_output(k));
    }
    check_metrics(outputs);
    if (!trains_) {
      return;
    }
    group_.backward();
    check_gradients();
    check_input_gradients();
    if (!at_.has("optimizer")) {
      return;
    }
    if (counts_differ) {
      check_update_by_other_counts(step);
    } else {
      check_update(step);
    }
  }

  void check_outputs() {
    for (int k = 0; k < group_.outputs; ++k) {
      const std::string per_device = in(in(step_, "outputs_per_device"), k);
      for (int d = 0; d < at_.size(per_device); ++d) {
        at_.compare("output " + std::to_string(k) + " on device " + std::to_string(d), at_.array(in(per_device, d)),
                    group_.device_output(d, k), tolerance_);
      }
      if (at_.has(in(step_, "outputs"))) {
        at_.compare("output " + std::to_string(k), at_.array(in(in(step_, "outputs"), k)), group_.merged_output(k),
                    tolerance_);
      }
    }
    if (at_.has(in(step_, "outputs"))) {
      at_.compare("number of outputs", at_.size(in(step_, "outputs")), group_.outputs, {});
    }
  }

  void check_metrics(const std::vector<Array>& outputs) {
    const std::string metric = in(step_, "metric");
    if (!at_.has(metric)) {
      return;
    }
    for (std::size_t i = 0; i < outputs.size() && i < labels_.size(); ++i) {
      metrics_.add(group_, outputs[i], labels_[i]);
    }
    const std::string names = in(metric, "name");
    const std::string values = in(metric, "value");
    if (!at_.is_list(names)) {
      at_.compare(at_.text(names), at_.number(values), metrics_.value(at_.text(names)), tolerance_);
      return;
    }
    for (int i = 0; i < at_.size(names); ++i) {
      const std::string one = at_.text(in(names, i));
      at_.compare(one, at_.number(in(values, i)), metrics_.value(one), tolerance_);
    }
  }

  /// What MXNet's device holds: divided inside the head by what that device counted.
  [[nodiscard]] Array divided_gradient(int p, int d) {
    Array gradient = group_.gradient(p, d);
    for (double& g : gradient.data) {
      g /= counts_[index(d)];
    }
    return gradient;
  }

  void check_gradients() {
    if (!at_.has(in(step_, "grads_per_device"))) {
      return;
    }
    for (int p = 0; p < parameter_count(); ++p) {
      const std::string recorded = in(in(step_, "grads_per_device"), name(p));
      for (int d = 0; d < group_.devices; ++d) {
        const bool wanted = at_.has(in(recorded, d));
        at_.expect("whether " + name(p) + " has a gradient", wanted, group_.has_gradient[index(p)]);
        if (wanted && group_.has_gradient[index(p)]) {
          at_.compare_parameter("gradient of " + name(p) + " on device " + std::to_string(d),
                                at_.array(in(recorded, d)), divided_gradient(p, d), tolerance_);
        }
      }
    }
  }

  void check_input_gradients() {
    const auto position = [&](const std::string& input) {
      return static_cast<int>(std::find(group_.data.begin(), group_.data.end(), input) - group_.data.begin());
    };
    for (std::size_t g = 0; g < group_.input_gradients.size(); ++g) {
      const std::string& input = group_.input_gradients[g];
      const auto mine = static_cast<int>(g);
      const std::string per_device = in(in(step_, "input_grads_per_device"), position(input));
      for (int d = 0; d < at_.size(per_device); ++d) {
        Array came = group_.input_gradient(mine, d);
        for (double& one : came.data) {
          one /= counts_[index(d)];
        }
        at_.compare("gradient of input " + input + " on device " + std::to_string(d), at_.array(in(per_device, d)),
                    came, tolerance_);
      }
      if (at_.has(in(step_, "input_grads"))) {
        Array came = group_.merged_input_gradient(mine);
        const std::size_t per_row = came.data.size() / index(group_.rows);
        for (int d = 0; d < group_.devices && facts_.divides != Divides::nothing; ++d) {
          for (std::size_t i = index(group_.begin[index(d)]) * per_row; i < index(group_.end[index(d)]) * per_row;
               ++i) {
            came.data[i] /= counts_[index(d)];
          }
        }
        at_.compare("gradient of input " + input, at_.array(in(in(step_, "input_grads"), position(input))), came,
                    tolerance_);
      }
    }
  }

  /// All replicas, and against `expected` where there is one.
  void check_parameters(const std::string& what, const std::vector<std::optional<Array>>& expected) {
    for (int p = 0; p < parameter_count(); ++p) {
      const Array first = group_.replica(p, 0);
      for (int d = 1; d < group_.devices; ++d) {
        at_.compare("replica of " + name(p) + " on device " + std::to_string(d), first, group_.replica(p, d), {});
      }
      if (expected[index(p)]) {
        at_.compare_parameter(name(p) + what, *expected[index(p)], first, tolerance_);
      }
    }
  }

  [[nodiscard]] std::vector<std::optional<Array>> recorded_parameters() const {
    std::vector<std::optional<Array>> recorded(index(parameter_count()));
    for (int p = 0; p < parameter_count(); ++p) {
      const std::string path = in(in(step_, "params_after"), name(p));
      if (at_.has(path)) {
        recorded[index(p)] = at_.array(path);
      }
    }
    return recorded;
  }

  void check_update(int step) {
    // MXNet's rescale_grad multiplies gradients that the head has divided already. Where both together are what
    // Cleave does by itself, let it, on even steps: then its own count is what is checked.
    Rates rates = rates_;
    const bool natural = facts_.divides == Divides::nothing
                             ? std::fabs(rates.rescale * static_cast<double>(group_.rows) - 1) < 1e-9
                             : facts_.divides == Divides::valid_labels && rates.rescale == 1;
    rates.rescale = natural && step % 2 == 0 ? cleave::by_normaliser
                                             : rates.rescale / (facts_.divides == Divides::nothing ? 1 : total_);
    group_.update(rates);
    check_parameters(" after the update", recorded_parameters());
    if (at_.has(in(step_, "params_per_device"))) {
      for (int p = 0; p < parameter_count(); ++p) {
        const std::string recorded = in(in(step_, "params_per_device"), name(p));
        for (int d = 0; d < at_.size(recorded); ++d) {
          at_.compare_parameter(name(p) + " on device " + std::to_string(d), at_.array(in(recorded, d)),
                                group_.replica(p, d), tolerance_);
        }
      }
    }
  }

  /// The head divides: MXNet by each device's count, Cleave by the count over all devices. Both updates are computed
  /// here from the same per-device gradients, and each must match what was recorded or came.
  void check_update_by_other_counts(int step) {
    Weights before = initial_;
    if (step > 0) {
      for (int p = 0; p < parameter_count(); ++p) {
        before[index(p)] = group_.replica(p, 0).data; // the recorded parameters, see run_step
      }
    }
    std::vector<std::optional<Array>> by_cleave(index(parameter_count()));
    const std::vector<std::optional<Array>> recorded = recorded_parameters();
    for (int p = 0; p < parameter_count(); ++p) {
      Array mine = group_.replica(p, 0);
      Array theirs = mine;
      if (group_.has_gradient[index(p)]) {
        Numbers per_device;
        Numbers whole;
        for (int d = 0; d < group_.devices; ++d) {
          const Numbers gradient = group_.gradient(p, d).data;
          add(per_device, gradient, 1 / counts_[index(d)]);
          add(whole, gradient, 1 / total_);
        }
        Rates once = rates_;
        once.rescale = 1;
        theirs.data = mine.data = before[index(p)];
        apply_sgd(rates_, name(p), per_device, theirs.data, momenta_[0][index(p)]);
        apply_sgd(once, name(p), whole, mine.data, momenta_[1][index(p)]);
      }
      if (recorded[index(p)]) {
        at_.compare_parameter(name(p) + " after an update by each device's count", *recorded[index(p)], theirs,
                              tolerance_);
      }
      by_cleave[index(p)] = mine;
    }
    Rates rates = rates_;
    rates.rescale = cleave::by_normaliser;
    group_.update(rates);
    check_parameters(" after the update by the count over all devices", by_cleave);
  }

  /// Without a kvstore every device of MXNet goes its own way. A group's replicas cannot; what each device did is
  /// checked by running the group once for each of them, from that device's parameters.
  void run_diverging_step() {
    std::vector<Array> outputs(index(group_.outputs));
    for (int d = 0; d < group_.devices; ++d) {
      for (int p = 0; p < parameter_count(); ++p) {
        group_.set_parameter(p, weights_[index(d)][index(p)]);
      }
      group_.forward(trains_, typed_, inputs_);
      for (int k = 0; k < group_.outputs; ++k) {
        const Array part = group_.device_output(d, k);
        const std::string recorded = in(in(in(step_, "outputs_per_device"), k), d);
        if (at_.has(recorded)) {
          at_.compare("output " + std::to_string(k) + " on device " + std::to_string(d), at_.array(recorded), part,
                      tolerance_);
        }
        Array& whole = outputs[index(k)];
        whole.data.insert(whole.data.end(), part.data.begin(), part.data.end());
        if (d == 0) {
          whole.shape = part.shape;
        } else {
          whole.shape[0] += part.shape[0];
        }
      }
      if (!trains_) {
        continue;
      }
      group_.backward();
      for (int p = 0; p < parameter_count(); ++p) {
        if (!group_.has_gradient[index(p)]) {
          continue;
        }
        const Array gradient = group_.gradient(p, d);
        const std::string recorded = in(in(in(step_, "grads_per_device"), name(p)), d);
        if (at_.has(recorded)) {
          at_.compare_parameter("gradient of " + name(p) + " on device " + std::to_string(d), at_.array(recorded),
                                gradient, tolerance_);
        }
        apply_sgd(rates_, name(p), gradient.data, weights_[index(d)][index(p)], momenta_[index(d)][index(p)]);
      }
    }
    for (int k = 0; k < group_.outputs && at_.has(in(step_, "outputs")); ++k) {
      at_.compare("output " + std::to_string(k), at_.array(in(in(step_, "outputs"), k)), outputs[index(k)], tolerance_);
    }
    check_metrics(outputs);
    const std::vector<std::optional<Array>> recorded = recorded_parameters();
    for (int p = 0; p < parameter_count(); ++p) {
      Numbers mean;
      for (int d = 0; d < group_.devices; ++d) {
        const Array mine{group_.replica(p, 0).shape, weights_[index(d)][index(p)]};
        add(mean, mine.data, 1. / group_.devices);
        const std::string path = in(in(in(step_, "params_per_device"), name(p)), d);
        if (at_.has(path)) {
          at_.compare_parameter(name(p) + " on device " + std::to_string(d), at_.array(path), mine, tolerance_);
        }
      }
      if (recorded[index(p)]) {
        at_.compare_parameter("mean of " + name(p) + " over devices", *recorded[index(p)],
                              {group_.replica(p, 0).shape, mean}, tolerance_);
      }
    }
  }

  Case& at_;
  Group& group_;
  GroupFacts facts_;
  Rates rates_{};
  Weights initial_;
  std::vector<Weights> weights_; ///< of each device, where replicas diverge
  std::vector<Weights> momenta_;
  Metrics metrics_;

  std::string step_;
  Tolerance tolerance_{};
  bool trains_ = false;
  bool typed_ = false;
  std::vector<Numbers> inputs_;
  std::vector<Numbers> labels_;
  Numbers counts_; ///< by what each device divides
  double total_ = 1;
};

} // namespace

void check_group(Case& at, Group& group, const GroupFacts& facts) { Checks(at, group, facts).run(); }

} // namespace oracle
