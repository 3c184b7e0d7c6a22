// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/shape/dims.hpp>
#include <cleave/shape/dtype.hpp>

namespace cleave {

/// One parameter's memory and facts, as initialisers see it: row-major elements of `dtype`.
struct ParameterSlot {
  const char* name = "";
  int index = 0; ///< position in the list of parameters, for random streams
  Dims dims{};
  DType dtype = DType::f32;
  void* data = nullptr;
};

} // namespace cleave
