// SPDX-License-Identifier: Apache-2.0
// Losses as values: one number a row, to be summed or averaged. Labels are operands like any other, so a model takes
// them as data inputs. (Heads, which find their label by name, are in ops/loss.hpp.)
#pragma once

#include <cleave/ops/softmax.hpp>

namespace cleave {

struct CrossEntropyOptions {
  double label_smoothing = 0; ///< in [0, 1): what a label gives, in equal parts, to the classes it does not name
  bool use_ignore = false;    ///< rows with the ignored label have no loss
  double ignore_label = -1;
};

/// What flows back from nll: operands x (for its shape), labels, dy.
struct NllGradient : detail::AlongAxes {
  static constexpr FixedString name = "nll_gradient";
  static constexpr Linearity linearity = Linearity::last;
  static constexpr double flops = 2;
  static constexpr Cotangents vjp(const Vjp& at);
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    KernelCall call = lower_rows(graph, id, &kernels::nll_gradient<float>, &kernels::nll_gradient<double>);
    call.numbers[1] = graph[id].attributes.second;
    call.sizes[3] = graph[id].attributes.flags;
    return call;
  }
};

/// Minus the element of each row of x that its label names. `number` is the smoothing, `second` the ignored label,
/// flags bit 0 says whether it is ignored.
struct Nll : detail::AlongAxes {
  static constexpr FixedString name = "nll";
  static constexpr Linearity linearity = Linearity::first;
  static constexpr double flops = 2;
  static constexpr void infer(Inference& at) {
    const Dims& x = at.operands[0]->dims;
    const char* const letters = at.attributes.letters;
    at.dims = at.operands[1]->dims;
    detail::infer_dtype(at);
    const Rule broken = detail::judge_axes(x, letters);
    if (broken != Rule::none) {
      at.fault = {broken, "", "", letters[0], x, {}};
    } else if (!(at.dims == detail::without_axes(x, letters))) {
      at.fault = {Rule::label_shape_differs, "", "", letters[0], x, at.dims};
    }
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    return {detail::append<NllGradient>(at.node.attributes, at.x(0), at.x(1), at.dy)};
  }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    KernelCall call = lower_rows(graph, id, &kernels::nll<float>, &kernels::nll<double>);
    call.numbers[1] = graph[id].attributes.second;
    call.sizes[3] = graph[id].attributes.flags;
    return call;
  }
};

constexpr Cotangents NllGradient::vjp(const Vjp& at) {
  return {Value{}, Value{}, detail::append<Nll>(at.node.attributes, at.dy, at.x(1))};
}

namespace detail {

using nll_text = text<'n', 'l', 'l'>;
using cross_entropy_text = text<'c', 'r', 'o', 's', 's', '_', 'e', 'n', 't', 'r', 'o', 'p', 'y'>;

/// Checks the options that are numbers; false where a model's graph has taken note of what is wrong.
template <class X>
constexpr void expect_smoothing([[maybe_unused]] const X& x, const char* op, double smoothing) {
  const bool is_share = smoothing >= 0 && smoothing < 1; // NaN is none
  if (!is_share) {
    if constexpr (symbol_operand<X>) {
      x.builder->report({Rule::number_out_of_range, op, "", '\0', X::shape::dims, {}});
    } else {
      fail("%s: label_smoothing is %g; give a number in [0, 1)", op, smoothing);
    }
  }
}

template <class Axes, class X, class L>
constexpr auto call_nll(const X& x, const L& labels, const CrossEntropyOptions& options) {
  if constexpr (symbol_operand<X> && names_axis(Axes::attributes.letters, batch_axis)) {
    return x.refused();
  } else {
    Attributes attributes = Axes::attributes;
    attributes.number = options.label_smoothing;
    attributes.second = options.ignore_label;
    attributes.flags = options.use_ignore ? 1 : 0;
    return call<Nll, Axes>(attributes, x, labels);
  }
}

/// Whether labels have the class axes themselves: probabilities, not class numbers.
template <class L, char... Letters>
concept are_probabilities = (has_axis<Letters, typename facts<L>::shape> && ...);

/// Asks of logits and probabilities what cross_entropy does.
struct ProbabilityLabels : AlongAxes {
  static constexpr FixedString name = "cross_entropy";
};
template <class Axes, bool Probabilities, class X, class L>
struct CrossEntropyRefusal {
  using type = refusal_of<Nll, Axes, X, L>;
};
template <class Axes, class X, class L>
struct CrossEntropyRefusal<Axes, true, X, L> {
  using type = refusal_of<ProbabilityLabels, Axes, X, L>;
};

} // namespace detail

/// Minus the log-probability of each row's label: `nll<C>(log_probabilities, labels)`. Labels are class numbers, in the
/// shape of x without the named axes. Result: the shape of the labels. Errors while compiling: as of softmax; labels of
/// another shape or element type. Errors: throws Error for a label that is no class, or smoothing outside [0, 1).
template <template <extent> class... Names, class X, class L>
constexpr auto nll(const X& x, const L& labels, const CrossEntropyOptions& options = {}) {
  using Axes = detail::Along<Names<1>::letter...>;
  static_assert(detail::no_operand_is_partial<detail::nll_text, X, L>, "nll: the value " CLEAVE_IS_PARTIAL);
  static_assert(detail::rows_stay_on_a_device<detail::nll_text, X, Names<1>::letter...>,
                "nll: in a model it cannot run along the batch axis N, whose rows lie on different devices");
  static_assert(detail::accepted<refusal_of<Nll, Axes, X, L>>,
                "nll: expects values that have the named axes, as neighbours in order, and labels of the same element "
                "type in the shape without these axes");
  detail::expect_smoothing(x, Nll::name.value, options.label_smoothing);
  return detail::call_nll<Axes>(x, labels, options);
}

/// Cross entropy of each row's label with softmax(logits), computed from the logits without overflow:
/// `mean<N>(cross_entropy<C>(logits, labels))`. Labels are class numbers, in the shape of the logits without the named
/// axes; or probabilities, in the shape of the logits. Result: one number a row. Errors: as of nll.
template <template <extent> class... Names, class X, class L>
constexpr auto cross_entropy(const X& logits, const L& labels, const CrossEntropyOptions& options = {}) {
  using Axes = detail::Along<Names<1>::letter...>;
  using Name = detail::cross_entropy_text;
  constexpr bool probabilities = detail::are_probabilities<L, Names<1>::letter...>;
  using Refusal = typename detail::CrossEntropyRefusal<Axes, probabilities, X, L>::type;
  static_assert(detail::no_operand_is_partial<Name, X, L>, "cross_entropy: the value " CLEAVE_IS_PARTIAL);
  static_assert(detail::rows_stay_on_a_device<Name, X, Names<1>::letter...>,
                "cross_entropy: in a model it cannot run along the batch axis N, whose rows lie on different devices");
  static_assert(
      detail::accepted<Refusal>,
      "cross_entropy: expects logits that have the named axes, as neighbours in order, and labels of the "
      "same element type: class numbers in the shape without these axes, or probabilities in the whole shape");
  if constexpr (detail::symbol_operand<X> && detail::names_axis(Axes::attributes.letters, batch_axis)) {
    return logits.refused();
  } else if constexpr (!detail::accepted<Refusal>) {
    return detail::call<LogSoftmax, Axes>(Axes::attributes, logits);
  } else {
    detail::expect_smoothing(logits, "cross_entropy", options.label_smoothing);
    const auto log_p = detail::call_softmax<LogSoftmax, Axes>(logits, 1, {});
    if constexpr (probabilities) {
      constexpr extent classes = detail::axis_rows(detail::facts<X>::shape::dims, Axes::attributes.letters).classes;
      const double other = classes > 1 ? options.label_smoothing / static_cast<double>(classes - 1) : 0;
      const auto target = labels * (1 - options.label_smoothing - other) + other;
      return sum<Names...>(-(target * log_p));
    } else {
      return detail::call_nll<Axes>(log_p, labels, options);
    }
  }
}

} // namespace cleave
