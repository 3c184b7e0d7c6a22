// SPDX-License-Identifier: Apache-2.0
// Loss heads: operations whose gradient needs no cotangent. Their label is `attributes.of`, a node the forward pass
// does not read; without labels (evaluation) it is absent.
#pragma once

#include <cleave/ops/reduce.hpp>

namespace cleave {

/// By what the optimizer divides a head's gradient: the rows of the whole batch, or the labels that are not ignored,
/// both counted over all devices; or nothing.
enum class Normalization : unsigned char { rows, valid, none };

struct SoftmaxOutputOptions {
  double grad_scale = 1;
  bool use_ignore = false; ///< rows with the ignored label get no gradient
  double ignore_label = -1;
  Normalization normalization = Normalization::rows;
};

/// p - onehot(label), scaled; operands p and label. `number` is the scale, `second` the ignored label, flags bit 0
/// says whether it is ignored.
struct SoftmaxOutputGradient : OpDefaults {
  static constexpr FixedString name = "softmax_output_gradient";
  static constexpr OpKind kind = OpKind::kernel;
  static constexpr double flops = 2;
  static constexpr void infer(Inference& at) {
    at.dims = at.operands[0]->dims;
    detail::infer_dtype(at);
  }
  // The head's gradient is defined, not derived: it has no second derivative.
  static constexpr bool stops_gradient = true;
  static constexpr bool no_derivative = true;
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
  static constexpr Placed place(const PlaceRequest& at) { return detail::place_elementwise(at); }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    const Node& node = graph[id];
    KernelCall call;
    call.kernel = detail::pick_kernel(node.dtype, &kernels::softmax_output_gradient<float>,
                                      &kernels::softmax_output_gradient<double>);
    call.sizes[1] = node.dims.extents[node.dims.rank - 1];
    call.sizes[0] = node.dims.size() / call.sizes[1];
    call.sizes[2] = node.attributes.flags & 1;
    call.numbers[0] = node.attributes.number;
    call.numbers[1] = node.attributes.second;
    return call;
  }
};

/// softmax along the last axis; as a head, its gradient is that of the cross entropy with the label.
struct SoftmaxOutput : OpDefaults {
  static constexpr FixedString name = "softmax_output";
  static constexpr OpKind kind = OpKind::kernel;
  static constexpr bool is_head = true;
  static constexpr double flops = 14;
  enum Flags : unsigned char { ignores = 1, valid = 2, plain_sum = 4 };

  static constexpr void infer(Inference& at) {
    at.dims = at.operands[0]->dims;
    detail::infer_dtype(at);
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    const Attributes& head = at.node.attributes;
    if (head.of == no_id) {
      return {};
    }
    const Value label{at.builder, head.of};
    Attributes attributes;
    attributes.number = head.number;
    attributes.second = head.second;
    attributes.flags = head.flags & ignores;
    const Id operands[] = {at.y.id, label.id};
    Cotangents back{at.builder->apply(&rule<SoftmaxOutputGradient>, attributes, operands, 2)};
    back.normaliser = (head.flags & plain_sum) != 0 ? Normaliser::none : Normaliser::rows;
    if ((head.flags & valid) != 0) {
      const Dims dims = (*at.builder)[label.id].dims;
      char letters[max_rank + 1]{};
      for (int i = 0; i < dims.rank; ++i) {
        letters[i] = dims.letters[i];
      }
      back.normaliser = Normaliser::counted;
      back.count = detail::sum_over(Value::apply<NotEqual>(label, head.second), letters);
    }
    return back;
  }
  static constexpr Placed place(const PlaceRequest& at) { return detail::place_elementwise(at); }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    const Node& node = graph[id];
    KernelCall call;
    call.kernel = detail::pick_kernel(node.dtype, &kernels::softmax<float>, &kernels::softmax<double>);
    call.sizes[1] = node.dims.extents[node.dims.rank - 1];
    call.sizes[0] = node.dims.size() / call.sizes[1];
    return call;
  }
};

/// x itself; as a head, its gradient is (x - label) * grad_scale / outputs per row. `number` is grad_scale.
struct LinearRegressionOutput : ElementwiseOp {
  static constexpr FixedString name = "linear_regression_output";
  static constexpr bool is_head = true;
  static constexpr double flops = 0;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T x) {
    return x;
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    const Attributes& head = at.node.attributes;
    if (head.of == no_id) {
      return {};
    }
    const Dims& dims = at.node.dims;
    const extent per_row = dims.size() / dims.extent_of(batch_axis);
    Cotangents back{(at.y - Value{at.builder, head.of}) * (head.number / static_cast<double>(per_row))};
    back.normaliser = Normaliser::rows;
    return back;
  }
};

} // namespace cleave

CLEAVE_OP(cleave::LinearRegressionOutput)
