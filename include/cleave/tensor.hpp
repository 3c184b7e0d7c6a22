// SPDX-License-Identifier: Apache-2.0
// Tensors by themselves: shapes, views, lazy expressions, and elementwise operations on them.
#pragma once

// First, so that messages need few lines to say by way of which headers they come.
#include <cleave/base/refuse.hpp>

#include <cleave/tensor/apply.hpp>

#include <cleave/device/cpu.hpp>
#include <cleave/ops/elementwise.hpp>
#include <cleave/shape/layout.hpp>
#include <cleave/shape/slice.hpp>
#include <cleave/tensor/movement.hpp>
#include <cleave/tensor/partial.hpp>
#include <cleave/tensor/random.hpp>
#include <cleave/tensor/tensor.hpp>
#include <cleave/tensor/view.hpp>
