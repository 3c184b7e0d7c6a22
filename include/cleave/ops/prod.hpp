// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/ops/extremes.hpp>

namespace cleave {

/// The derivative of ProductOfOthers in x, along the second operand. It has no derivative of its own.
struct ProductOfOthersTangent : detail::LocalReduceOp {
  static constexpr FixedString name = "product_of_others_tangent";
  static constexpr Linearity linearity = Linearity::last;
  static constexpr void infer(Inference& at) {
    at.dims = at.operands[0]->dims;
    detail::infer_dtype(at);
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    at.builder->report({Rule::no_derivative, name.value, "", '\0', at.node.dims, {}});
    return {};
  }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    return detail::reduce_loops(graph, id).call(detail::pick_kernel(
        graph[id].dtype, &kernels::product_of_others_tangent<float>, &kernels::product_of_others_tangent<double>));
  }
};

/// Of every element, the product of all others over the axes in `attributes.letters`: what a product's derivative is,
/// also where elements are 0.
struct ProductOfOthers : detail::LocalReduceOp {
  static constexpr FixedString name = "product_of_others";
  static constexpr void infer(Inference& at) {
    at.dims = at.operands[0]->dims;
    detail::infer_dtype(at);
  }
  // the matrix of second derivatives of a product is symmetric: pulling back is pushing forward
  static constexpr Cotangents vjp(const Vjp& at) {
    return {detail::append<ProductOfOthersTangent>(at.node.attributes, at.x(0), at.dy)};
  }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    return detail::reduce_loops(graph, id).call(
        detail::pick_kernel(graph[id].dtype, &kernels::product_of_others<float>, &kernels::product_of_others<double>));
  }
};

/// The product over the axes in `attributes.letters`. Of integers, an i64.
struct Prod : detail::LocalReduceOp {
  static constexpr FixedString name = "prod";
  static constexpr void infer(Inference& at) {
    detail::infer_reduced_locally(at);
    at.dtype = is_floating(at.dtype) ? at.dtype : DType::i64;
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    return {at.dy * detail::append<ProductOfOthers>(at.node.attributes, at.x(0))};
  }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    return detail::reduce_loops(graph, id).call(detail::pick_kernel(
        graph[graph[id].operands[0]].dtype, &kernels::reduce_prod<float>, &kernels::reduce_prod<double>,
        &kernels::reduce_prod<std::int32_t>, &kernels::reduce_prod<std::int64_t>, &kernels::reduce_prod<std::uint8_t>));
  }
};

/// The product over named axes, `prod<C>(x)`, or over all; of integers as std::int64_t. Its derivative is right where
/// elements are 0. Errors while compiling: an axis absent or named twice; of a model's symbol, the batch axis.
template <template <extent> class... Names, class X>
  requires operand<X>
constexpr auto prod(const X& x) {
  using Axes = detail::reduced_axes<X, Names<1>::letter...>;
  using Refusal = refusal_of<Prod, Axes, X>;
  static_assert(detail::no_operand_is_partial<text<'p', 'r', 'o', 'd'>, X>, "prod: the value " CLEAVE_IS_PARTIAL);
  static_assert(detail::call_keeps<Rule::batch_axis_reduced, Refusal>, CLEAVE_SAYS_REDUCED_ROWS("prod"));
  static_assert(detail::accepted_besides<Refusal, Rule::batch_axis_reduced>, CLEAVE_SAYS_REDUCED("prod"));
  return detail::call<Prod, Axes>(Axes::attributes, x);
}

} // namespace cleave
