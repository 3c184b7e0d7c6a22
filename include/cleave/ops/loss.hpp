// SPDX-License-Identifier: Apache-2.0
// Loss heads: operations whose gradient is defined, not derived, and needs no cotangent. Their label is
// `attributes.of`, a node the forward pass does not read; without labels (evaluation) it is absent. Gradients are of
// sums over rows: what counts rows or labels is a normaliser, applied once by the optimizer.
#pragma once

#include <cleave/ops/softmax.hpp>

namespace cleave {

/// By what the optimizer divides a head's gradient: the rows of the whole batch, or the labels that are not ignored
/// (of make_loss: the values above its threshold), both counted over all devices; or nothing.
enum class Normalization : unsigned char { rows, valid, none };

struct SoftmaxOutputOptions {
  double grad_scale = 1;
  bool use_ignore = false; ///< rows with the ignored label get no gradient
  double ignore_label = -1;
  Normalization normalization = Normalization::rows;
  double smooth_alpha = 0;        ///< in [0, 1): what a label gives, in equal parts, to the classes it does not name
  bool out_grad = false;          ///< the gradient is multiplied by the cotangent, which must then be there
  bool average_positions = false; ///< divides by the labels a row has, as MXNet does with multi_output
};

struct MakeLossOptions {
  double grad_scale = 1;
  Normalization normalization = Normalization::rows;
  double valid_thresh = 0; ///< Normalization::valid counts the values above it
};

struct SvmOutputOptions {
  double margin = 1;
  double regularization = 1;
  bool linear = false; ///< hinge; else squared hinge
};

namespace detail {

constexpr Normaliser normaliser_of(Normalization normalization) {
  switch (normalization) {
  case Normalization::rows:
    return Normaliser::rows;
  case Normalization::valid:
    return Normaliser::counted;
  case Normalization::none:
    break;
  }
  return Normaliser::none;
}

/// Sum of all elements.
constexpr Value sum_of_all(Value x) {
  const Dims dims = (*x.builder)[x.id].dims;
  char letters[max_rank + 1]{};
  for (int i = 0; i < dims.rank; ++i) {
    letters[i] = dims.letters[i];
  }
  return sum_over(x, letters);
}

/// A head's gradient: defined, not derived, so it has no derivative itself; the shape of its first operand.
struct HeadGradient : AlongAxes {
  static constexpr double flops = 2;
  static constexpr void infer(Inference& at) {
    at.dims = at.operands[0]->dims;
    infer_dtype(at);
  }
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
};

} // namespace detail

/// p - the label's distribution; operands p and label. `number` is the smoothing, `second` the ignored label; flags
/// bit 0: it is ignored, bit 1: labels are probabilities.
struct SoftmaxOutputGradient : detail::HeadGradient {
  static constexpr FixedString name = "softmax_output_gradient";
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    KernelCall call =
        lower_rows(graph, id, &kernels::softmax_output_gradient<float>, &kernels::softmax_output_gradient<double>);
    call.numbers[1] = graph[id].attributes.second;
    call.sizes[3] = graph[id].attributes.flags;
    return call;
  }
};

/// softmax along axes; as a head, its gradient is that of the cross entropy with the label. `number` is grad_scale,
/// `second` the ignored label, `third` the smoothing.
struct SoftmaxOutput : detail::AlongAxes {
  static constexpr FixedString name = "softmax_output";
  static constexpr bool is_head = true;
  static constexpr double flops = 14;
  enum Flags : unsigned char { ignores = 1, probabilities = 2, out_grad = 4, averages = 8, first_normalization = 16 };
  static constexpr int flags_of(const SoftmaxOutputOptions& options) {
    return (options.use_ignore ? ignores : 0) | (options.out_grad ? out_grad : 0) |
           (options.average_positions ? averages : 0) | static_cast<int>(options.normalization) * first_normalization;
  }

  static constexpr Cotangents vjp(const Vjp& at) {
    const Attributes& head = at.node.attributes;
    if (head.of == no_id) {
      return {};
    }
    const Value label{at.builder, head.of};
    const Dims label_dims = (*at.builder)[head.of].dims;
    Attributes attributes = head;
    attributes.of = no_id;
    attributes.number = head.third;
    attributes.third = 0;
    attributes.flags = head.flags & (ignores | probabilities);
    double scale = head.number;
    if ((head.flags & averages) != 0) {
      scale /= static_cast<double>(label_dims.without(batch_axis).size());
    }
    Value dx = detail::append<SoftmaxOutputGradient>(attributes, at.y, label);
    if ((head.flags & out_grad) != 0) {
      if (!at.dy) {
        at.builder->report({Rule::head_missing, name.value, at.node.name, '\0', at.node.dims, {}});
        return {};
      }
      dx = dx * at.dy;
    }
    Cotangents back{scale == 1 ? dx : dx * scale};
    back.scaled = (head.flags & out_grad) != 0;
    back.normaliser = detail::normaliser_of(static_cast<Normalization>(head.flags / first_normalization));
    if (back.normaliser == Normaliser::counted) {
      back.count = detail::sum_of_all(not_equal(label, head.second));
    }
    return back;
  }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    KernelCall call = lower_rows(graph, id, &kernels::softmax<float>, &kernels::softmax<double>);
    call.numbers[0] = 1;
    return call;
  }
};

/// What flows back from svm_output: operands x and label. `number` is the margin, `second` the regularization; flags
/// bit 0: linear.
struct SvmOutputGradient : detail::HeadGradient {
  static constexpr FixedString name = "svm_output_gradient";
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    KernelCall call =
        lower_rows(graph, id, &kernels::svm_output_gradient<float>, &kernels::svm_output_gradient<double>);
    call.numbers[1] = graph[id].attributes.second;
    call.sizes[3] = graph[id].attributes.flags;
    return call;
  }
};

namespace detail {

/// A head that hands on its operand as it is.
struct IdentityHead : ElementwiseOp {
  static constexpr bool is_head = true;
  static constexpr double flops = 0;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T x) {
    return x;
  }
};

/// Scaled so that a row's outputs weigh together what one would: y - label, or its sign, times this.
constexpr double regression_scale(const Vjp& at) {
  const Dims& dims = at.node.dims;
  const extent per_row = dims.size() / dims.extent_of(batch_axis);
  return at.node.attributes.number / static_cast<double>(per_row);
}
constexpr Cotangents by_rows(Value dx) {
  Cotangents back{dx};
  back.normaliser = Normaliser::rows;
  return back;
}

} // namespace detail

/// Scores of classes along an axis; as a head, the hinge loss of each class against the others, which the label's class
/// shall exceed by the margin and the others fall below it.
struct SvmOutput : detail::IdentityHead {
  static constexpr FixedString name = "svm_output";
  static constexpr Cotangents vjp(const Vjp& at) {
    const Attributes& head = at.node.attributes;
    if (head.of == no_id) {
      return {};
    }
    Attributes attributes = head;
    attributes.of = no_id;
    return detail::by_rows(detail::append<SvmOutputGradient>(attributes, at.x(0), Value{at.builder, head.of}));
  }
};

/// x itself; as a head, its gradient is (x - label) * grad_scale / outputs per row. `number` is grad_scale.
struct LinearRegressionOutput : detail::IdentityHead {
  static constexpr FixedString name = "linear_regression_output";
  static constexpr Cotangents vjp(const Vjp& at) {
    const Id label = at.node.attributes.of;
    return label == no_id ? Cotangents{}
                          : detail::by_rows((at.y - Value{at.builder, label}) * detail::regression_scale(at));
  }
};

/// x itself; as a head, its gradient is sign(x - label) * grad_scale / outputs per row. `number` is grad_scale.
struct MaeRegressionOutput : detail::IdentityHead {
  static constexpr FixedString name = "mae_regression_output";
  static constexpr Cotangents vjp(const Vjp& at) {
    const Id label = at.node.attributes.of;
    return label == no_id ? Cotangents{}
                          : detail::by_rows(sign(at.y - Value{at.builder, label}) * detail::regression_scale(at));
  }
};

/// sigmoid(x); as a head, its gradient is (y - label) * grad_scale / outputs per row, that of the logistic loss.
/// `number` is grad_scale.
struct LogisticRegressionOutput : ElementwiseOp {
  static constexpr FixedString name = "logistic_regression_output";
  static constexpr bool is_head = true;
  static constexpr double flops = 10;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::sigmoid(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    const Id label = at.node.attributes.of;
    return label == no_id ? Cotangents{}
                          : detail::by_rows((at.y - Value{at.builder, label}) * detail::regression_scale(at));
  }
};

/// x itself, every element of which is a loss. `number` is grad_scale, `second` the threshold, flags the normalization.
struct MakeLoss : detail::IdentityHead {
  static constexpr FixedString name = "make_loss";
  static constexpr Linearity linearity = Linearity::joint;
  static constexpr Cotangents vjp(const Vjp& at) {
    const Attributes& head = at.node.attributes;
    Cotangents back{at.builder->number(head.number, at.node.dtype)}; // differentiation spreads it
    back.normaliser = detail::normaliser_of(static_cast<Normalization>(head.flags));
    if (back.normaliser == Normaliser::counted) {
      back.count = detail::sum_of_all(greater(at.x(0), head.second));
    }
    return back;
  }
};

} // namespace cleave

CLEAVE_OP(cleave::SvmOutput)
CLEAVE_OP(cleave::LinearRegressionOutput)
CLEAVE_OP(cleave::MaeRegressionOutput)
CLEAVE_OP(cleave::LogisticRegressionOutput)
CLEAVE_OP(cleave::MakeLoss)
