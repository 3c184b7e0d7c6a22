// SPDX-License-Identifier: Apache-2.0
// Tensors by themselves: shapes, views, lazy expressions, and the operations on them.
#pragma once

// First, so that messages need few lines to say by way of which headers they come.
#include <cleave/base/refuse.hpp>

#include <cleave/shape/shape.hpp>

#include <cleave/tensor/apply.hpp>

#include <cleave/tensor/view.hpp>

#include <cleave/tensor/assign.hpp>

#include <cleave/tensor/tensor.hpp>

#include <cleave/tensor/slice.hpp>

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
#include <cleave/ops/einsum.hpp>
#include <cleave/ops/elementwise.hpp>
#include <cleave/ops/extremes.hpp>
#include <cleave/ops/norm.hpp>
#include <cleave/ops/prod.hpp>
#include <cleave/ops/reduce.hpp>
#include <cleave/shape/concat.hpp>
#include <cleave/shape/layout.hpp>
#include <cleave/tensor/bind.hpp>
#include <cleave/tensor/broadcast.hpp>
#include <cleave/tensor/compare.hpp>
#include <cleave/tensor/concat.hpp>
#include <cleave/tensor/copy_to.hpp>
#include <cleave/tensor/create.hpp>
#include <cleave/tensor/crop.hpp>
#include <cleave/tensor/flip.hpp>
#include <cleave/tensor/partial.hpp>
#include <cleave/tensor/random_tensor.hpp>
#include <cleave/tensor/rename.hpp>
#include <cleave/tensor/reshape.hpp>
#include <cleave/tensor/split.hpp>
#include <cleave/tensor/tile.hpp>
#include <cleave/tensor/transpose.hpp>
