// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/config.hpp>

namespace cleave {

/// Where the elements of a value are when every device runs the same program on its slice of the batch.
enum class Placement : unsigned char {
  replicated, ///< every device has all of it, with equal values
  sharded,    ///< every device has its own rows along the batch axis
  partial,    ///< every device has one addend of a sum
  per_device, ///< differs between devices on purpose; only operations declared so make it
};

constexpr const char* name_of(Placement placement) {
  switch (placement) {
  case Placement::replicated:
    return "replicated";
  case Placement::sharded:
    return "sharded";
  case Placement::partial:
    return "partial";
  case Placement::per_device:
    return "per_device";
  }
  return "?";
}

/// In which operands an operation is linear, so that it may be applied to one addend of a sum.
enum class Linearity : unsigned char {
  none,  ///< in none
  joint, ///< in all operands together: f(a + b, c + d) = f(a, c) + f(b, d)
  each,  ///< in every operand by itself, the others held: products
  first, ///< in the first operand: quotients
  last,  ///< in the last operand: what a derivative does to a cotangent
};

} // namespace cleave
