// SPDX-License-Identifier: Apache-2.0
// The families op_reshape and infer_shape: shapes without values.
#pragma once

#include "oracle/op.hpp"

namespace oracle {

/// MXNet's reshape codes, read from the record.
void check_reshape(Case& at);

/// The shapes of a traced net's inputs, parameters and outputs; where the record leaves the batch open (`partial`), an
/// extent of N counts as unknown.
void check_shapes(Case& at, const cleave::GraphView& graph);

} // namespace oracle
