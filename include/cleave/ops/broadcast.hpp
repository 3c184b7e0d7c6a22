// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/ops/reduce.hpp>

namespace cleave {
namespace detail {
template <class S, class To>
struct SpreadTo {
  static constexpr Fault fault = broadcasts_to(S::dims, To::dims)
                                     ? Fault{}
                                     : Fault{Rule::shapes_differ, "broadcast_to", "", '\0', S::dims, To::dims};
};
} // namespace detail

/// A model's symbol repeated along the axes that it lacks: `broadcast_to<Shape<N<64>, C<10>>>(x)`. Errors while
/// compiling: an axis of x that the shape lacks, or has in another order or of another extent.
template <class To, detail::symbol_operand X>
constexpr auto broadcast_to(const X& x) {
  using At = detail::SpreadTo<typename X::shape, To>;
  static_assert(detail::accepted<detail::lifted_refusal<At>>,
                "broadcast_to: the axes of the operand must be found in the shape, by name, in order and with equal "
                "extents");
  if constexpr (At::fault) {
    return x.template retyped<To>(x.refused().value());
  } else {
    return x.template retyped<To>(detail::fit_to(x.value(), To::dims));
  }
}

} // namespace cleave
