// SPDX-License-Identifier: Apache-2.0
#include "oracle/op.hpp"

#include <algorithm>
#include <cmath>

namespace oracle {

void check_op(Case& at, Op& op, const std::vector<std::pair<std::string, std::string>>& inputs,
              const std::vector<Extents>& shapes, const OpChecks& checks) {
  for (const auto& [name, leaf] : inputs) {
    Numbers values = at.array(in("inputs", name)).data;
    values.resize(std::min(values.size(), op.size(leaf)));
    op.set(leaf, values);
  }
  const bool differentiated =
      std::any_of(inputs.begin(), inputs.end(), [&op](const auto& input) { return op.has_gradient(input.second); });
  const int outputs = static_cast<int>(shapes.size());
  for (int i = 0; differentiated && i < at.size("head_grads"); ++i) {
    op.set("head" + std::to_string(i), at.array(in("head_grads", i)).data);
  }
  op.forward();
  const Array recorded_output = at.array("outputs/0");
  for (int i = 0; i < outputs; ++i) {
    at.compare("output " + std::to_string(i), at.array(in("outputs", i)),
               {shapes[static_cast<std::size_t>(i)], op.output(i)}, checks.tolerance);
  }
  for (const std::string& name : checks.zero_gradients) {
    const Array recorded = at.array(in("grads", name));
    at.compare("gradient of " + name, recorded, {recorded.shape, Numbers(recorded.data.size(), 0.)}, {});
  }
  if (!differentiated) {
    return;
  }
  op.backward();
  const double divisor = checks.divided ? op.divisor() : 1.;
  for (const auto& [name, leaf] : inputs) {
    if (at.has(in("grads", name)) && op.has_gradient(leaf)) {
      Array recorded = at.array(in("grads", name));
      Array came{recorded.shape, op.gradient(leaf)}; // layers may keep a flattened weight's axes apart
      for (double& gradient : came.data) {
        gradient /= divisor;
      }
      for (std::size_t i = 0; i < recorded.data.size() && checks.difference != OpDifference::none; ++i) {
        constexpr double scale = 1.0507009873554804934;
        constexpr double alpha = 1.6732632423543772848;
        const double y = recorded_output.data[i];
        if (checks.difference == OpDifference::out_grad) {
          recorded.data[i] *= at.array("head_grads/0").data[i] / y;
        } else if (y < 0) {
          recorded.data[i] *= (y + scale * alpha) / (scale * (alpha + y));
        }
      }
      if (came.data.size() != recorded.data.size()) {
        came.shape = {static_cast<long>(came.data.size())};
      }
      at.compare("gradient of " + name, recorded, came, checks.tolerance);
    }
  }
}

void check_dropout(Case& at, Op& op) {
  const Numbers present = at.array("values_present").data;
  const Extents shape = [&at] {
    const Numbers extents = at.array("shape").data;
    return Extents(extents.begin(), extents.end());
  }();
  op.set("data", Numbers(op.size("data"), 1.));
  op.set("head0", Numbers(op.size("data"), 2.));
  op.forward();
  const Numbers mask = op.output(0);
  double kept = 0;
  bool known = true;
  for (const double value : mask) {
    kept += value != 0 ? 1. / static_cast<double>(mask.size()) : 0.;
    known =
        known && std::any_of(present.begin(), present.end(), [value](double x) { return std::abs(value - x) < 1e-6; });
  }
  at.expect("values_present", true, known);
  const double wanted = 1 / *std::max_element(present.begin(), present.end());
  const bool constant = at.has("constant_along_axes");
  at.compare("kept_fraction", wanted, kept, {0, constant ? 0.25 : 0.03}); // a constant mask has few elements of its own
  if (constant) {
    const auto row = static_cast<std::size_t>(shape[1]);
    at.expect("constant_along_axes", true, std::equal(mask.begin() + static_cast<long>(row), mask.end(), mask.begin()));
  }
  op.backward();
  Numbers twice = mask;
  for (double& value : twice) {
    value *= 2;
  }
  at.compare("gradient of data", {shape, twice}, {shape, op.gradient("data")}, {1e-6, 1e-6});
}

} // namespace oracle
