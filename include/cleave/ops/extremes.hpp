// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/ops/reduce.hpp>

namespace cleave {
namespace detail {

/// The cotangent of every element that equals the result, all of it where several do.
constexpr Cotangents extreme_vjp(const Vjp& at) { return {at.dy * (1 - Value::apply<NotEqual>(at.x(0), at.y))}; }

} // namespace detail

/// The greatest element over the axes in `attributes.letters`; NaN where there is one.
struct Max : detail::LocalReduceOp {
  static constexpr FixedString name = "max";
  static constexpr void infer(Inference& at) { detail::infer_reduced_locally(at); }
  static constexpr Cotangents vjp(const Vjp& at) { return detail::extreme_vjp(at); }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    return detail::reduce_loops(graph, id).call(detail::pick_kernel(
        graph[id].dtype, &kernels::reduce_max<float>, &kernels::reduce_max<double>, &kernels::reduce_max<std::int32_t>,
        &kernels::reduce_max<std::int64_t>, &kernels::reduce_max<std::uint8_t>));
  }
};

/// The least element; NaN where there is one.
struct Min : detail::LocalReduceOp {
  static constexpr FixedString name = "min";
  static constexpr void infer(Inference& at) { detail::infer_reduced_locally(at); }
  static constexpr Cotangents vjp(const Vjp& at) { return detail::extreme_vjp(at); }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    return detail::reduce_loops(graph, id).call(detail::pick_kernel(
        graph[id].dtype, &kernels::reduce_min<float>, &kernels::reduce_min<double>, &kernels::reduce_min<std::int32_t>,
        &kernels::reduce_min<std::int64_t>, &kernels::reduce_min<std::uint8_t>));
  }
};

/// Where the greatest element lies, counted in row-major order over the axes in `attributes.letters`: the first of
/// equal ones, the first NaN where there is one. An i64, through which nothing flows back.
struct ArgMax : detail::LocalReduceOp {
  static constexpr FixedString name = "argmax";
  static constexpr bool stops_gradient = true;
  static constexpr void infer(Inference& at) {
    detail::infer_reduced_locally(at);
    at.dtype = DType::i64;
  }
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    return detail::reduce_loops(graph, id).call(
        detail::pick_kernel(graph[graph[id].operands[0]].dtype, &kernels::reduce_argmax<float>,
                            &kernels::reduce_argmax<double>, &kernels::reduce_argmax<std::int32_t>,
                            &kernels::reduce_argmax<std::int64_t>, &kernels::reduce_argmax<std::uint8_t>));
  }
};

/// Where the least element lies, likewise.
struct ArgMin : detail::LocalReduceOp {
  static constexpr FixedString name = "argmin";
  static constexpr bool stops_gradient = true;
  static constexpr void infer(Inference& at) { ArgMax::infer(at); }
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    return detail::reduce_loops(graph, id).call(
        detail::pick_kernel(graph[graph[id].operands[0]].dtype, &kernels::reduce_argmin<float>,
                            &kernels::reduce_argmin<double>, &kernels::reduce_argmin<std::int32_t>,
                            &kernels::reduce_argmin<std::int64_t>, &kernels::reduce_argmin<std::uint8_t>));
  }
};

#define CLEAVE_SAYS_REDUCED(op)                                                                                        \
  op ": expects a tensor, or a model's symbol, that has the axes to reduce, each named once"

/// The greatest element over named axes, `max<C>(x)`, or over all. Where several are equal, each gets the whole
/// gradient. NaN wins. Errors while compiling: an axis absent or named twice; of a model's symbol, the batch axis.
template <template <extent> class... Names, class X>
  requires operand<X>
constexpr auto max(const X& x) {
  using Axes = detail::reduced_axes<X, Names<1>::letter...>;
  using Refusal = refusal_of<Max, Axes, X>;
  static_assert(detail::no_operand_is_partial<text<'m', 'a', 'x'>, X>, "max: the value " CLEAVE_IS_PARTIAL);
  static_assert(detail::call_keeps<Rule::batch_axis_reduced, Refusal>, CLEAVE_SAYS_REDUCED_ROWS("max"));
  static_assert(detail::accepted_besides<Refusal, Rule::batch_axis_reduced>, CLEAVE_SAYS_REDUCED("max"));
  return detail::call<Max, Axes>(Axes::attributes, x);
}

/// The least element over named axes, or over all. As `max`.
template <template <extent> class... Names, class X>
  requires operand<X>
constexpr auto min(const X& x) {
  using Axes = detail::reduced_axes<X, Names<1>::letter...>;
  using Refusal = refusal_of<Min, Axes, X>;
  static_assert(detail::no_operand_is_partial<text<'m', 'i', 'n'>, X>, "min: the value " CLEAVE_IS_PARTIAL);
  static_assert(detail::call_keeps<Rule::batch_axis_reduced, Refusal>, CLEAVE_SAYS_REDUCED_ROWS("min"));
  static_assert(detail::accepted_besides<Refusal, Rule::batch_axis_reduced>, CLEAVE_SAYS_REDUCED("min"));
  return detail::call<Min, Axes>(Axes::attributes, x);
}

/// Where the greatest element lies along named axes, or among all elements: the first of equal ones, as std::int64_t
/// (over several axes, counted in row-major order). Errors as `max`.
template <template <extent> class... Names, class X>
  requires operand<X>
constexpr auto argmax(const X& x) {
  using Axes = detail::reduced_axes<X, Names<1>::letter...>;
  using Refusal = refusal_of<ArgMax, Axes, X>;
  static_assert(detail::no_operand_is_partial<text<'a', 'r', 'g', 'm', 'a', 'x'>, X>,
                "argmax: the value " CLEAVE_IS_PARTIAL);
  static_assert(detail::call_keeps<Rule::batch_axis_reduced, Refusal>, CLEAVE_SAYS_REDUCED_ROWS("argmax"));
  static_assert(detail::accepted_besides<Refusal, Rule::batch_axis_reduced>, CLEAVE_SAYS_REDUCED("argmax"));
  return detail::call<ArgMax, Axes>(Axes::attributes, x);
}

/// Where the least element lies. As `argmax`.
template <template <extent> class... Names, class X>
  requires operand<X>
constexpr auto argmin(const X& x) {
  using Axes = detail::reduced_axes<X, Names<1>::letter...>;
  using Refusal = refusal_of<ArgMin, Axes, X>;
  static_assert(detail::no_operand_is_partial<text<'a', 'r', 'g', 'm', 'i', 'n'>, X>,
                "argmin: the value " CLEAVE_IS_PARTIAL);
  static_assert(detail::call_keeps<Rule::batch_axis_reduced, Refusal>, CLEAVE_SAYS_REDUCED_ROWS("argmin"));
  static_assert(detail::accepted_besides<Refusal, Rule::batch_axis_reduced>, CLEAVE_SAYS_REDUCED("argmin"));
  return detail::call<ArgMin, Axes>(Axes::attributes, x);
}

} // namespace cleave
