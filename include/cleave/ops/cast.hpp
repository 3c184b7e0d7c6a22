// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/ops/call.hpp>
#include <cleave/ops/kernels.hpp>

namespace cleave {

/// Elements converted to the type that `attributes.flags` names, as copies between types convert (device/copy.hpp); the
/// cotangent is converted back.
struct Cast : OpDefaults {
  static constexpr FixedString name = "cast";
  static constexpr OpKind kind = OpKind::kernel;
  static constexpr Linearity linearity = Linearity::joint;
  static constexpr double flops = 0;

  static constexpr void infer(Inference& at) {
    at.dims = at.operands[0]->dims;
    at.dtype = static_cast<DType>(at.attributes.flags);
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    Attributes back;
    back.flags = static_cast<int>((*at.builder)[at.node.operands[0]].dtype);
    return {detail::append<Cast>(back, at.dy)};
  }
  static constexpr Placed place(const PlaceRequest& at) { return detail::place_elementwise(at); }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    KernelCall call;
    call.kernel = &kernels::cast;
    call.sizes[0] = graph[id].dims.size();
    call.sizes[1] = static_cast<extent>(graph[graph[id].operands[0]].dtype);
    call.sizes[2] = static_cast<extent>(graph[id].dtype);
    return call;
  }
};

/// The same to integers: no derivative, and rounding an addend is not rounding the sum.
struct CastToIntegers : Cast {
  static constexpr FixedString name = "cast_to_integers";
  static constexpr Linearity linearity = Linearity::none;
  static constexpr bool stops_gradient = true;
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
};

/// A model's symbol with elements of another type, `cast<double>(x)`; of tensors see tensor/copy_to.hpp. Operations of
/// a model compute with float and double only, so a cast to integers can but be an output.
template <class To, operand X>
  requires(detail::symbol_operand<X>)
constexpr auto cast(const X& x) {
  using Op = std::conditional_t<std::is_integral_v<To>, CastToIntegers, Cast>;
  return detail::call<Op, detail::Named<static_cast<int>(dtype_v<To>)>>(x);
}

} // namespace cleave
