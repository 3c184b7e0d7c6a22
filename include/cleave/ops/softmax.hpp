// SPDX-License-Identifier: Apache-2.0
// softmax and its logarithm along named axes. `attributes.letters` are the axes, neighbours in order that are treated
// as one; `attributes.number` is what x is multiplied by: 1 / temperature, negative for softmin.
#pragma once

#include <cleave/ops/reduce.hpp>

namespace cleave {
namespace detail {

/// The rows of a shape along some neighbouring axes.
struct AxisRows {
  extent outer = 1;
  extent classes = 1;
  extent inner = 1;
};

constexpr AxisRows axis_rows(const Dims& dims, const char* letters) {
  AxisRows rows;
  int count = 0;
  while (count < max_rank && letters[count] != '\0') {
    ++count;
  }
  const int first = dims.index_of(letters[0]);
  for (int i = 0; i < dims.rank; ++i) {
    extent& rest = i < first + count ? rows.classes : rows.inner;
    (i < first ? rows.outer : rest) *= dims.extents[i];
  }
  return rows;
}

/// What is wrong with the axes an operation treats as one: absent, named twice, apart; or nothing.
constexpr Rule judge_axes(const Dims& dims, const char* letters) {
  if (letters[0] == '\0') {
    return Rule::axis_absent;
  }
  for (int i = 0; i < max_rank && letters[i] != '\0'; ++i) {
    const int at = dims.index_of(letters[i]);
    if (at < 0) {
      return Rule::axis_absent;
    }
    for (int j = 0; j < i; ++j) {
      if (letters[j] == letters[i]) {
        return Rule::axis_named_twice;
      }
    }
    if (i > 0 && at != dims.index_of(letters[i - 1]) + 1) {
      return Rule::axes_apart;
    }
  }
  return Rule::none;
}

constexpr bool names_axis(const char* letters, char letter) {
  for (int i = 0; i < max_rank && letters[i] != '\0'; ++i) {
    if (letters[i] == letter) {
      return true;
    }
  }
  return false;
}

constexpr Dims without_axes(Dims dims, const char* letters) {
  for (int i = 0; i < max_rank && letters[i] != '\0'; ++i) {
    dims = dims.without(letters[i]);
  }
  return dims;
}

/// An operation on rows along axes, whose result has the shape of its first operand.
struct AlongAxes : OpDefaults {
  static constexpr OpKind kind = OpKind::kernel;
  static constexpr void infer(Inference& at) {
    at.dims = at.operands[0]->dims;
    infer_dtype(at);
    const Rule broken = judge_axes(at.dims, at.attributes.letters);
    if (broken != Rule::none) {
      at.fault = {broken, "", "", at.attributes.letters[0], at.dims, {}};
    }
    if (at.operand_count == 2 && !(at.operands[1]->dims == at.dims)) {
      at.fault = {Rule::shapes_differ, "", "", '\0', at.dims, at.operands[1]->dims};
    }
  }
  // Rows of a sharded batch are whole on their device, but not what runs along the batch.
  static constexpr Placed place(const PlaceRequest& at) {
    Placed placed = place_elementwise(at);
    if (placed.placement == Placement::sharded && names_axis(at.at().attributes.letters, batch_axis)) {
      placed.broken = Rule::batch_axis_mixed;
    }
    return placed;
  }
  static constexpr KernelCall lower_rows(const GraphView& graph, Id id, Kernel for_float, Kernel for_double) {
    const Node& node = graph[id];
    const AxisRows rows = axis_rows(graph[node.operands[0]].dims, node.attributes.letters);
    KernelCall call;
    call.kernel = pick_kernel(node.dtype, for_float, for_double);
    call.sizes[0] = rows.outer;
    call.sizes[1] = rows.classes;
    call.sizes[2] = rows.inner;
    call.numbers[0] = node.attributes.number;
    return call;
  }
};

} // namespace detail

/// Operands y = softmax(s x) and dy: s y (dy - sum(y dy)), what flows back to x.
struct SoftmaxGradient : detail::AlongAxes {
  static constexpr FixedString name = "softmax_gradient";
  static constexpr Linearity linearity = Linearity::last;
  static constexpr double flops = 5;
  static constexpr Cotangents vjp(const Vjp& at) {
    const Attributes& along = at.node.attributes;
    const Value y = at.x(0);
    const Value dy = at.x(1);
    const Value to_y =
        at.dy * (dy - detail::sum_over(dy * y, along.letters)) - dy * detail::sum_over(at.dy * y, along.letters);
    return {to_y * along.number, detail::append<SoftmaxGradient>(along, y, at.dy)};
  }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    return lower_rows(graph, id, &kernels::softmax_gradient<float>, &kernels::softmax_gradient<double>);
  }
};

/// exp(s x) / sum(exp(s x)) along axes; a row of -inf gives zeros.
struct Softmax : detail::AlongAxes {
  static constexpr FixedString name = "softmax";
  static constexpr double flops = 14;
  static constexpr Cotangents vjp(const Vjp& at) {
    return {detail::append<SoftmaxGradient>(at.node.attributes, at.y, at.dy)};
  }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    return lower_rows(graph, id, &kernels::softmax<float>, &kernels::softmax<double>);
  }
};

/// Operands y = log_softmax(s x) and dy: s (dy - exp(y) sum(dy)), what flows back to x.
struct LogSoftmaxGradient : detail::AlongAxes {
  static constexpr FixedString name = "log_softmax_gradient";
  static constexpr Linearity linearity = Linearity::last;
  static constexpr double flops = 13;
  static constexpr Cotangents vjp(const Vjp& at) {
    const Attributes& along = at.node.attributes;
    const Value p = exp(at.x(0));
    const Value to_y = at.dy * p * detail::sum_over(at.x(1), along.letters);
    const Value to_dy = at.dy - detail::sum_over(at.dy * p, along.letters);
    return {to_y * -along.number, to_dy * along.number};
  }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    return lower_rows(graph, id, &kernels::log_softmax_gradient<float>, &kernels::log_softmax_gradient<double>);
  }
};

/// s x - log(sum(exp(s x))) along axes, without overflow; a row of -inf gives -inf.
struct LogSoftmax : detail::AlongAxes {
  static constexpr FixedString name = "log_softmax";
  static constexpr double flops = 14;
  static constexpr Cotangents vjp(const Vjp& at) {
    return {detail::append<LogSoftmaxGradient>(at.node.attributes, at.y, at.dy)};
  }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    return lower_rows(graph, id, &kernels::log_softmax<float>, &kernels::log_softmax<double>);
  }
};

struct SoftmaxOptions {
  double temperature = 1; ///< what x is divided by; above 0
};

namespace detail {

using softmax_text = text<'s', 'o', 'f', 't', 'm', 'a', 'x'>;
using log_softmax_text = text<'l', 'o', 'g', '_', 's', 'o', 'f', 't', 'm', 'a', 'x'>;
using softmin_text = text<'s', 'o', 'f', 't', 'm', 'i', 'n'>;

template <class Op, class X, char... Letters>
concept rows_stay_on_a_device = !symbol_operand<X> || ((Letters != batch_axis) && ...);
template <class Op, class Mask, class X>
concept mask_fits =
    refused_operand<X> || refused_operand<Mask> || broadcasts_to(facts<Mask>::shape::dims, facts<X>::shape::dims);

/// `Op` along axes, of sign * x / temperature.
template <class Op, class Axes, class X>
constexpr auto call_on_rows(const X& x, double sign, const SoftmaxOptions& options) {
  Attributes attributes = Axes::attributes;
  const bool fits = options.temperature > 0 && math::is_finite(options.temperature);
  attributes.number = fits ? sign / options.temperature : 1;
  if (!fits) {
    if constexpr (symbol_operand<X>) {
      x.builder->report({Rule::number_out_of_range, Op::name.value, "", '\0', X::shape::dims, {}});
    } else {
      fail("%s: the temperature is %g; give a finite number above 0", Op::name.value, options.temperature);
    }
  }
  return call<Op, Axes>(attributes, x);
}

/// The same, but not along the batch of a model: that has been refused.
template <class Op, class Axes, class X>
constexpr auto call_softmax(const X& x, double sign, const SoftmaxOptions& options) {
  if constexpr (symbol_operand<X> && names_axis(Axes::attributes.letters, batch_axis)) {
    return x.refused();
  } else {
    return call_on_rows<Op, Axes>(x, sign, options);
  }
}

/// The same of x where the mask is not 0, else of -inf, which has no part in a softmax.
template <class Op, class Axes, class X, class M>
constexpr auto call_masked(const X& x, const M& mask, double sign, const SoftmaxOptions& options) {
  if constexpr (mask_fits<void, M, X>) {
    return call_softmax<Op, Axes>(where(mask, x, -__builtin_inf()), sign, options);
  } else { // refused already
    return call<Op, Axes>(Axes::attributes, x);
  }
}

} // namespace detail

/// softmax(x / temperature) along a named axis, `softmax<C>(x)`, or along neighbouring axes together, `softmax<H,
/// W>(x)`. A row that is -inf everywhere gives zeros. Errors while compiling: an axis absent, named twice, or not the
/// neighbour of the one named before; in a model, the batch axis. Errors: a temperature that is not above 0 throws
/// Error, or, in a model, stops the compilation.
template <template <extent> class... Names, class X>
constexpr auto softmax(const X& x, const SoftmaxOptions& options = {}) {
  using Axes = detail::Along<Names<1>::letter...>;
  using Name = detail::softmax_text;
  static_assert(detail::no_operand_is_partial<Name, X>, "softmax: the value " CLEAVE_IS_PARTIAL);
  static_assert(detail::rows_stay_on_a_device<Name, X, Names<1>::letter...>,
                "softmax: in a model it cannot run along the batch axis N, whose rows lie on different devices");
  static_assert(detail::accepted<refusal_of<Softmax, Axes, X>>,
                "softmax: expects a tensor of float or double, or a model's symbol, that has the axes, each named "
                "once, as neighbours in order");
  return detail::call_softmax<Softmax, Axes>(x, 1, options);
}

/// The same over the elements whose mask is not 0; the others get probability 0, and so do all of a row that is masked
/// whole. The axes of the mask are found in x.
template <template <extent> class... Names, class X, operand M>
constexpr auto softmax(const X& x, const M& mask, const SoftmaxOptions& options = {}) {
  using Axes = detail::Along<Names<1>::letter...>;
  using Name = detail::softmax_text;
  static_assert(detail::no_operand_is_partial<Name, X>, "softmax: the value " CLEAVE_IS_PARTIAL);
  static_assert(detail::rows_stay_on_a_device<Name, X, Names<1>::letter...>,
                "softmax: in a model it cannot run along the batch axis N, whose rows lie on different devices");
  static_assert(detail::accepted<refusal_of<Softmax, Axes, X>>,
                "softmax: expects a tensor of float or double, or a model's symbol, that has the axes, each named "
                "once, as neighbours in order");
  static_assert(detail::mask_fits<Name, M, X>,
                "softmax: the axes of the mask must be found in the operand, by name, in order and with equal extents");
  return detail::call_masked<Softmax, Axes>(x, mask, 1, options);
}

/// The logarithm of softmax, exact also where softmax is nearly 0. Errors: as of softmax.
template <template <extent> class... Names, class X>
constexpr auto log_softmax(const X& x, const SoftmaxOptions& options = {}) {
  using Axes = detail::Along<Names<1>::letter...>;
  using Name = detail::log_softmax_text;
  static_assert(detail::no_operand_is_partial<Name, X>, "log_softmax: the value " CLEAVE_IS_PARTIAL);
  static_assert(detail::rows_stay_on_a_device<Name, X, Names<1>::letter...>,
                "log_softmax: in a model it cannot run along the batch axis N, whose rows lie on different devices");
  static_assert(detail::accepted<refusal_of<LogSoftmax, Axes, X>>,
                "log_softmax: expects a tensor of float or double, or a model's symbol, that has the axes, each named "
                "once, as neighbours in order");
  return detail::call_softmax<LogSoftmax, Axes>(x, 1, options);
}

/// The same with a mask: -inf where it is 0.
template <template <extent> class... Names, class X, operand M>
constexpr auto log_softmax(const X& x, const M& mask, const SoftmaxOptions& options = {}) {
  using Axes = detail::Along<Names<1>::letter...>;
  using Name = detail::log_softmax_text;
  static_assert(detail::no_operand_is_partial<Name, X>, "log_softmax: the value " CLEAVE_IS_PARTIAL);
  static_assert(detail::rows_stay_on_a_device<Name, X, Names<1>::letter...>,
                "log_softmax: in a model it cannot run along the batch axis N, whose rows lie on different devices");
  static_assert(detail::accepted<refusal_of<LogSoftmax, Axes, X>>,
                "log_softmax: expects a tensor of float or double, or a model's symbol, that has the axes, each named "
                "once, as neighbours in order");
  static_assert(
      detail::mask_fits<Name, M, X>,
      "log_softmax: the axes of the mask must be found in the operand, by name, in order and with equal extents");
  return detail::call_masked<LogSoftmax, Axes>(x, mask, 1, options);
}

/// softmax(-x / temperature). Errors: as of softmax.
template <template <extent> class... Names, class X>
constexpr auto softmin(const X& x, const SoftmaxOptions& options = {}) {
  using Axes = detail::Along<Names<1>::letter...>;
  using Name = detail::softmin_text;
  static_assert(detail::no_operand_is_partial<Name, X>, "softmin: the value " CLEAVE_IS_PARTIAL);
  static_assert(detail::rows_stay_on_a_device<Name, X, Names<1>::letter...>,
                "softmin: in a model it cannot run along the batch axis N, whose rows lie on different devices");
  static_assert(detail::accepted<refusal_of<Softmax, Axes, X>>,
                "softmin: expects a tensor of float or double, or a model's symbol, that has the axes, each named "
                "once, as neighbours in order");
  return detail::call_softmax<Softmax, Axes>(x, -1, options);
}

/// The same with a mask, as of softmax.
template <template <extent> class... Names, class X, operand M>
constexpr auto softmin(const X& x, const M& mask, const SoftmaxOptions& options = {}) {
  using Axes = detail::Along<Names<1>::letter...>;
  using Name = detail::softmin_text;
  static_assert(detail::no_operand_is_partial<Name, X>, "softmin: the value " CLEAVE_IS_PARTIAL);
  static_assert(detail::rows_stay_on_a_device<Name, X, Names<1>::letter...>,
                "softmin: in a model it cannot run along the batch axis N, whose rows lie on different devices");
  static_assert(detail::accepted<refusal_of<Softmax, Axes, X>>,
                "softmin: expects a tensor of float or double, or a model's symbol, that has the axes, each named "
                "once, as neighbours in order");
  static_assert(detail::mask_fits<Name, M, X>,
                "softmin: the axes of the mask must be found in the operand, by name, in order and with equal extents");
  return detail::call_masked<Softmax, Axes>(x, mask, -1, options);
}

} // namespace cleave
