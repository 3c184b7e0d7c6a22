// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/ops/extremes.hpp>

namespace cleave {

/// The root of the sum of squares over the axes in `attributes.letters`; its derivative at 0 is 0.
struct Norm : detail::LocalReduceOp {
  static constexpr FixedString name = "norm";
  static constexpr void infer(Inference& at) {
    detail::infer_reduced_locally(at);
    detail::expect_floating(at);
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    const Value is_zero = 1 - Value::apply<NotEqual>(at.y, 0);
    return {at.x(0) * (at.dy / (at.y + is_zero))};
  }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    return detail::reduce_loops(graph, id).call(
        detail::pick_kernel(graph[id].dtype, &kernels::reduce_norm<float>, &kernels::reduce_norm<double>));
  }
};

/// log(sum(exp(x))) over the axes in `attributes.letters`, without overflow.
struct LogSumExp : detail::LocalReduceOp {
  static constexpr FixedString name = "logsumexp";
  static constexpr void infer(Inference& at) {
    detail::infer_reduced_locally(at);
    detail::expect_floating(at);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy * Value::apply<Exp>(at.x(0) - at.y)}; }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    return detail::reduce_loops(graph, id).call(
        detail::pick_kernel(graph[id].dtype, &kernels::reduce_logsumexp<float>, &kernels::reduce_logsumexp<double>));
  }
};

namespace detail {

/// The root of a whole number (Newton's method), while compiling.
constexpr double root_of_count(extent count) {
  const auto x = static_cast<double>(count);
  double y = x < 1 ? 1 : x;
  for (int i = 0; i < 64; ++i) {
    y = (y + x / y) / 2;
  }
  return y;
}

} // namespace detail

#define CLEAVE_SAYS_FLOATING(op)                                                                                       \
  op ": expects a tensor of floating numbers, or a model's symbol, that has the axes to reduce, each named once"

/// The Euclidean norm over named axes, `norm<C>(x)`, or over all. Squares are added in double, so that they do not
/// overflow in float. Errors while compiling: an axis absent or named twice, integers; of a model's symbol, the batch
/// axis.
template <template <extent> class... Names, class X>
constexpr auto norm(const X& x) {
  using Axes = detail::reduced_axes<X, Names<1>::letter...>;
  using Refusal = refusal_of<Norm, Axes, X>;
  static_assert(detail::no_operand_is_partial<text<'n', 'o', 'r', 'm'>, X>, "norm: the value " CLEAVE_IS_PARTIAL);
  static_assert(detail::call_keeps<Rule::batch_axis_reduced, Refusal>, CLEAVE_SAYS_REDUCED_ROWS("norm"));
  static_assert(detail::accepted_besides<Refusal, Rule::batch_axis_reduced>, CLEAVE_SAYS_FLOATING("norm"));
  return detail::call<Norm, Axes>(Axes::attributes, x);
}

/// The sum of absolute values over named axes, or over all; the derivative at 0 is 0. Errors while compiling: an axis
/// absent or named twice, integers.
template <template <extent> class... Names, class X>
constexpr auto norm_l1(const X& x) {
  using Axes = detail::reduced_axes<X, Names<1>::letter...>;
  using Refusal = refusal_of<NanSum, Axes, X>; // asks what this asks: axes to sum over, and fractions
  static_assert(detail::no_operand_is_partial<text<'n', 'o', 'r', 'm', '_', 'l', '1'>, X>,
                "norm_l1: the value " CLEAVE_IS_PARTIAL);
  static_assert(detail::accepted<Refusal>, CLEAVE_SAYS_FLOATING("norm_l1"));
  if constexpr (detail::Call<NanSum, Axes, X>::is_legal) {
    return sum<Names...>(relu(x) + relu(-x));
  } else {
    return detail::call<NanSum, Axes>(Axes::attributes, x);
  }
}

/// log(sum(exp(x))) over named axes, `logsumexp<C>(x)`, or over all, without overflow. Errors as `norm`.
template <template <extent> class... Names, class X>
constexpr auto logsumexp(const X& x) {
  using Axes = detail::reduced_axes<X, Names<1>::letter...>;
  using Refusal = refusal_of<LogSumExp, Axes, X>;
  static_assert(detail::no_operand_is_partial<text<'l', 'o', 'g', 's', 'u', 'm', 'e', 'x', 'p'>, X>,
                "logsumexp: the value " CLEAVE_IS_PARTIAL);
  static_assert(detail::call_keeps<Rule::batch_axis_reduced, Refusal>, CLEAVE_SAYS_REDUCED_ROWS("logsumexp"));
  static_assert(detail::accepted_besides<Refusal, Rule::batch_axis_reduced>, CLEAVE_SAYS_FLOATING("logsumexp"));
  return detail::call<LogSumExp, Axes>(Axes::attributes, x);
}

namespace detail {

/// How far each element is from the mean over the axes of a reduction that has been accepted.
template <template <extent> class... Names, class X>
constexpr auto centred_values(const X& x) {
  if constexpr (symbol_operand<X>) {
    return x - mean<Names...>(x);
  } else {
    return to_tensor(to_tensor(x) - mean<Names...>(x));
  }
}

} // namespace detail

/// The mean squared distance from the mean over named axes, or over all (divided by their number). Errors as `norm`.
template <template <extent> class... Names, class X>
constexpr auto var(const X& x) {
  using Axes = detail::reduced_axes<X, Names<1>::letter...>;
  using Refusal = refusal_of<Norm, Axes, X>;
  static_assert(detail::no_operand_is_partial<text<'v', 'a', 'r'>, X>, "var: the value " CLEAVE_IS_PARTIAL);
  static_assert(detail::call_keeps<Rule::batch_axis_reduced, Refusal>, CLEAVE_SAYS_REDUCED_ROWS("var"));
  static_assert(detail::accepted_besides<Refusal, Rule::batch_axis_reduced>, CLEAVE_SAYS_FLOATING("var"));
  if constexpr (detail::Call<Norm, Axes, X>::is_legal) {
    const auto distance = detail::centred_values<Names...>(x);
    return mean<Names...>(distance * distance);
  } else {
    return detail::call<Norm, Axes>(Axes::attributes, x);
  }
}

/// The root of `var`; its derivative where all elements are equal is 0. Errors as `norm`.
template <template <extent> class... Names, class X>
constexpr auto stddev(const X& x) {
  using Axes = detail::reduced_axes<X, Names<1>::letter...>;
  using C = detail::Call<Norm, Axes, X>;
  using Refusal = refusal_of<Norm, Axes, X>;
  static_assert(detail::no_operand_is_partial<text<'s', 't', 'd', 'd', 'e', 'v'>, X>,
                "stddev: the value " CLEAVE_IS_PARTIAL);
  static_assert(detail::call_keeps<Rule::batch_axis_reduced, Refusal>, CLEAVE_SAYS_REDUCED_ROWS("stddev"));
  static_assert(detail::accepted_besides<Refusal, Rule::batch_axis_reduced>, CLEAVE_SAYS_FLOATING("stddev"));
  if constexpr (C::is_legal) {
    constexpr double scale = 1 / detail::root_of_count(detail::facts<X>::shape::size / C::shape::size);
    const auto spread = norm<Names...>(detail::centred_values<Names...>(x)) * static_cast<typename C::element>(scale);
    if constexpr (C::is_symbolic) {
      return spread;
    } else {
      return to_tensor(spread);
    }
  } else {
    return detail::call<Norm, Axes>(Axes::attributes, x);
  }
}

} // namespace cleave
