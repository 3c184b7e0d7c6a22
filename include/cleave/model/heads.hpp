// SPDX-License-Identifier: Apache-2.0
// Loss heads of a model: functions with a name, which finds their label among the inputs. Each gives values, whose
// gradient is that of its loss; in evaluation it needs no label. Errors while compiling: an operand that is no symbol
// of a model; and, said by the group, a label that is absent from the job or has another shape than the head needs.
#pragma once

#include <cleave/model/layers.hpp>
#include <cleave/ops/loss.hpp>

namespace cleave {
namespace detail {

/// The label of a head: present in training, where it must exist.
template <FixedString Name>
constexpr Id find_label(Builder& builder, const char* head, const Dims& dims) {
  const Id label = builder.find(Joined<Name, "_label">::value);
  if (label == no_id && builder.training) {
    builder.report({Rule::input_missing, head, Joined<Name, "_label">::value, '\0', dims, {}});
  }
  return label;
}

template <FixedString Name>
constexpr void report_label(Builder& builder, const char* head, const Dims& dims, const Dims& label) {
  builder.report({Rule::label_shape_differs, head, Joined<Name, "_label">::value, '\0', dims, label});
}

/// Heads whose label has the shape of their operand, or that without axes of extent 1.
template <class Op, FixedString Name, class X>
constexpr auto make_regression(const X& x, double grad_scale) {
  if constexpr (!is_model_symbol<X>) {
    return Refused{};
  } else {
    constexpr Dims dims = X::shape::dims;
    Builder& builder = *x.builder;
    Attributes attributes;
    attributes.number = grad_scale;
    attributes.of = find_label<Name>(builder, Op::name.value, dims);
    if (attributes.of != no_id) {
      const Dims label = builder[attributes.of].dims;
      if (!broadcasts_to(label, dims) || label.size() != dims.size()) {
        report_label<Name>(builder, Op::name.value, dims, label);
      }
    }
    return X(builder.apply(&rule<Op>, attributes, &x.id, 1, stored<Name>));
  }
}

/// The class axes of a head: those named, or the last one. Of a shape without axes: none.
template <class S, char... Letters>
constexpr Attributes class_axes() {
  Attributes attributes = Along<Letters...>::attributes;
  if (sizeof...(Letters) == 0 && S::rank > 0) {
    attributes.letters[0] = S::dims.letters[S::rank > 0 ? S::rank - 1 : 0];
  }
  return attributes;
}
template <class Op, class S, char... Letters>
concept classes_are_axes = judge_axes(S::dims, class_axes<S, Letters...>().letters) == Rule::none;
template <class Op, class S, char... Letters>
concept classes_are_no_batch = !names_axis(class_axes<S, Letters...>().letters, batch_axis);

/// Heads whose label is a class number a row, or (SoftmaxOutput) probabilities.
template <class Op, FixedString Name, class X>
constexpr auto make_classes(const X& x, Attributes attributes) {
  constexpr Dims dims = X::shape::dims;
  Builder& builder = *x.builder;
  attributes.of = find_label<Name>(builder, Op::name.value, dims);
  if (attributes.of != no_id) {
    const Dims label = builder[attributes.of].dims;
    if (std::is_same_v<Op, SoftmaxOutput> && label == dims) {
      attributes.flags |= SoftmaxOutput::probabilities;
    } else if (!(label == without_axes(dims, attributes.letters))) {
      report_label<Name>(builder, Op::name.value, dims, label);
    }
  }
  return X(builder.apply(&rule<Op>, attributes, &x.id, 1, stored<Name>));
}

} // namespace detail

/// Softmax along the last axis, or along named ones, `softmax_output<"head", C>(x)`, neighbours taken together; and the
/// cross entropy with the input NAME_label as loss. Label: class numbers, in the shape of x without these axes; or
/// probabilities, in the shape of x, to which only grad_scale and out_grad apply.
template <FixedString Name, template <extent> class... Classes, class X>
constexpr auto softmax_output(const X& x, const SoftmaxOutputOptions& options = {}) {
  using Op = detail::spelled<SoftmaxOutput::name>;
  using S = detail::shape_or_scalar<X>;
  constexpr bool axes = detail::classes_are_axes<Op, S, Classes<1>::letter...>;
  constexpr bool rows = detail::classes_are_no_batch<Op, S, Classes<1>::letter...>;
  static_assert(detail::is_symbol_operand<Op, detail::spelled<Name>, X>,
                "softmax_output: the operand must be a model's symbol");
  static_assert(!is_model_symbol<X> || detail::classes_are_axes<Op, S, Classes<1>::letter...>,
                "softmax_output: the classes are along the last axis of the operand, or along named axes of it, which "
                "must be neighbours in order");
  static_assert(!is_model_symbol<X> || !axes || detail::classes_are_no_batch<Op, S, Classes<1>::letter...>,
                "softmax_output: the last axis holds the classes and cannot be the batch axis N");
  if constexpr (!is_model_symbol<X>) {
    return Refused{};
  } else if constexpr (!axes || !rows) {
    return x.refused();
  } else {
    Attributes attributes = detail::class_axes<S, Classes<1>::letter...>();
    attributes.number = options.grad_scale;
    attributes.second = options.ignore_label;
    attributes.third = options.smooth_alpha;
    attributes.flags = SoftmaxOutput::flags_of(options);
    const bool is_share = options.smooth_alpha >= 0 && options.smooth_alpha < 1; // NaN is none
    if (!is_share) {
      x.builder->report(
          {Rule::number_out_of_range, SoftmaxOutput::name.value, detail::stored<Name>, '\0', S::dims, {}});
    }
    return detail::make_classes<SoftmaxOutput, Name>(x, attributes);
  }
}

/// x itself: scores of classes along the last axis, or a named one; with the hinge loss (linear or squared) of each
/// class against the others as loss. Label: the input NAME_label, class numbers, in the shape of x without that axis.
template <FixedString Name, template <extent> class... Classes, class X>
constexpr auto svm_output(const X& x, const SvmOutputOptions& options = {}) {
  using Op = detail::spelled<SvmOutput::name>;
  using S = detail::shape_or_scalar<X>;
  constexpr bool axes = detail::classes_are_axes<Op, S, Classes<1>::letter...>;
  constexpr bool rows = detail::classes_are_no_batch<Op, S, Classes<1>::letter...>;
  static_assert(detail::is_symbol_operand<Op, detail::spelled<Name>, X>,
                "svm_output: the operand must be a model's symbol");
  static_assert(
      !is_model_symbol<X> || (axes && detail::classes_are_no_batch<Op, S, Classes<1>::letter...>),
      "svm_output: the classes are along the last axis of the operand, or along a named one, and not along the "
      "batch axis N");
  if constexpr (!is_model_symbol<X>) {
    return Refused{};
  } else if constexpr (!axes || !rows) {
    return x.refused();
  } else {
    Attributes attributes = detail::class_axes<S, Classes<1>::letter...>();
    attributes.number = options.margin;
    attributes.second = options.regularization;
    attributes.flags = options.linear ? 1 : 0;
    return detail::make_classes<SvmOutput, Name>(x, attributes);
  }
}

/// x itself, with half the squared distance to the input NAME_label as loss, divided by the outputs of a row. Label:
/// the shape of x, or that without axes of extent 1.
template <FixedString Name, class X>
constexpr auto linear_regression_output(const X& x, double grad_scale = 1) {
  static_assert(detail::is_symbol_operand<detail::spelled<LinearRegressionOutput::name>, detail::spelled<Name>, X>,
                "linear_regression_output: the operand must be a model's symbol");
  return detail::make_regression<LinearRegressionOutput, Name>(x, grad_scale);
}

/// x itself, with the absolute distance to the input NAME_label as loss, divided by the outputs of a row. Label: as of
/// linear_regression_output.
template <FixedString Name, class X>
constexpr auto mae_regression_output(const X& x, double grad_scale = 1) {
  static_assert(detail::is_symbol_operand<detail::spelled<MaeRegressionOutput::name>, detail::spelled<Name>, X>,
                "mae_regression_output: the operand must be a model's symbol");
  return detail::make_regression<MaeRegressionOutput, Name>(x, grad_scale);
}

/// sigmoid(x), with the logistic loss of the input NAME_label (probabilities) as loss, divided by the outputs of a row.
/// Label: as of linear_regression_output.
template <FixedString Name, class X>
constexpr auto logistic_regression_output(const X& x, double grad_scale = 1) {
  static_assert(detail::is_symbol_operand<detail::spelled<LogisticRegressionOutput::name>, detail::spelled<Name>, X>,
                "logistic_regression_output: the operand must be a model's symbol");
  return detail::make_regression<LogisticRegressionOutput, Name>(x, grad_scale);
}

/// x itself, each element of which is a loss: its gradient is grad_scale everywhere. Needs no label and no name.
template <class X>
constexpr auto make_loss(const X& x, const MakeLossOptions& options = {}) {
  static_assert(detail::is_symbol_operand<detail::spelled<MakeLoss::name>, text<>, X>,
                "make_loss: the operand must be a model's symbol");
  if constexpr (!is_model_symbol<X>) {
    return Refused{};
  } else {
    Attributes attributes;
    attributes.number = options.grad_scale;
    attributes.second = options.valid_thresh;
    attributes.flags = static_cast<int>(options.normalization);
    return X(x.builder->apply(&rule<MakeLoss>, attributes, &x.id, 1));
  }
}

} // namespace cleave
