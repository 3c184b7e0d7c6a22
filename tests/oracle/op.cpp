// SPDX-License-Identifier: Apache-2.0
#include "oracle/op.hpp"

namespace oracle {

void check_op(Case& at, Op& op, const std::vector<std::pair<std::string, std::string>>& inputs,
              const std::vector<Extents>& shapes) {
  constexpr Tolerance tolerance{1e-5, 1e-6};
  for (const auto& [name, leaf] : inputs) {
    op.set(leaf, at.array(in("inputs", name)).data);
  }
  const bool differentiated = at.size("grads") > 0;
  const int outputs = static_cast<int>(shapes.size());
  for (int i = 0; differentiated && i < outputs; ++i) {
    op.set("head" + std::to_string(i), at.array(in("head_grads", i)).data);
  }
  op.forward();
  for (int i = 0; i < outputs; ++i) {
    at.compare("output " + std::to_string(i), at.array(in("outputs", i)),
               {shapes[static_cast<std::size_t>(i)], op.output(i)}, tolerance);
  }
  if (!differentiated) {
    return;
  }
  op.backward();
  for (const auto& [name, leaf] : inputs) {
    if (at.has(in("grads", name)) && op.has_gradient(leaf)) {
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
