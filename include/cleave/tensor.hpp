// SPDX-License-Identifier: Apache-2.0
// Tensors by themselves: shapes, views, lazy expressions, and the operations on them.
#pragma once

// First, so that messages need few lines to say by way of which headers they come.
#include <cleave/base/refuse.hpp>

#include <cleave/tensor/apply.hpp>

// Each family of operations before those that are made of it, for the same reason.
#include <cleave/ops/arithmetic.hpp>
#include <cleave/ops/compare.hpp>
#include <cleave/ops/exponential.hpp>
#include <cleave/ops/rounding.hpp>
#include <cleave/ops/select.hpp>

#include <cleave/ops/power.hpp>

#include <cleave/ops/activation.hpp>
#include <cleave/ops/hyperbolic.hpp>
#include <cleave/ops/trigonometric.hpp>

#include <cleave/device/cpu.hpp>
#include <cleave/ops/compound.hpp>
#include <cleave/ops/elementwise.hpp>
#include <cleave/ops/reduce.hpp>
#include <cleave/shape/layout.hpp>
#include <cleave/shape/slice.hpp>
#include <cleave/tensor/movement.hpp>
#include <cleave/tensor/partial.hpp>
#include <cleave/tensor/tensor.hpp>
#include <cleave/tensor/view.hpp>
