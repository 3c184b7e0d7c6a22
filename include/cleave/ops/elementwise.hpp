// SPDX-License-Identifier: Apache-2.0
// Elementwise operations, one header a family: one struct an operation with its value, its derivative and the function
// users call. The functions take tensors, views, expressions, model symbols and numbers alike; `dy` is the cotangent of
// the result `y`. To add one: a struct and CLEAVE_OP in its family's header, and a row in tests/runtime/ops/.
#pragma once

#include <cleave/ops/activation.hpp>
#include <cleave/ops/arithmetic.hpp>
#include <cleave/ops/compare.hpp>
#include <cleave/ops/exponential.hpp>
#include <cleave/ops/hyperbolic.hpp>
#include <cleave/ops/identity.hpp>
#include <cleave/ops/power.hpp>
#include <cleave/ops/rounding.hpp>
#include <cleave/ops/select.hpp>
#include <cleave/ops/smooth_activation.hpp>
#include <cleave/ops/trigonometric.hpp>
