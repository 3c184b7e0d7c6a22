// SPDX-License-Identifier: Apache-2.0
#include "oracle/op.hpp"

namespace oracle {

void check_op(Case& at, Op& op, const std::vector<std::pair<std::string, std::string>>& inputs, const Extents& shape) {
  constexpr Tolerance tolerance{1e-5, 1e-6};
  for (const auto& [name, leaf] : inputs) {
    op.set(leaf, at.array(in("inputs", name)).data);
  }
  const bool differentiated = at.size("grads") > 0;
  if (differentiated) {
    op.set("head", at.array("head_grads/0").data);
  }
  op.forward();
  at.compare("output", at.array("outputs/0"), {shape, op.output()}, tolerance);
  if (!differentiated) {
    return;
  }
  op.backward();
  for (const auto& [name, leaf] : inputs) {
    if (at.has(in("grads", name))) {
      const Array recorded = at.array(in("grads", name));
      Array came{recorded.shape, op.gradient(leaf)}; // layers may keep a flattened weight's axes apart
      if (came.data.size() != recorded.data.size()) {
        came.shape = {static_cast<long>(came.data.size())};
      }
      at.compare("gradient of " + name, recorded, came, tolerance);
    }
  }
}

} // namespace oracle
