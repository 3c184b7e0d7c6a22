// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/ops/elementwise.hpp>
#include <cleave/ops/kernels.hpp>

namespace cleave {

/// Matrix products over named axes. `attributes.flags` says which operand is transposed:
///   nt: a[rows..., k...] b[o, k...] -> [rows..., letter]     a layer's forward pass
///   nn: a[rows..., o]    b[o, k...] -> [rows..., k...]       its data gradient
///   tn: a[rows..., o]    b[rows..., k...] -> [letter, k...]  its weight gradient
/// `attributes.letters[0]` names the new axis of nt and tn. The three are closed under differentiation.
struct Dot : OpDefaults {
  static constexpr FixedString name = "dot";
  static constexpr OpKind kind = OpKind::kernel;
  static constexpr Linearity linearity = Linearity::each;
  enum Form : unsigned char { nt, nn, tn };

  static constexpr Value make(Form form, Value a, Value b, char letter = '\0') {
    Attributes attributes;
    attributes.flags = form;
    attributes.letters[0] = letter;
    const Id operands[] = {a.id, b.id};
    return a.builder->apply(&rule<Dot>, attributes, operands, 2);
  }

  static constexpr void infer(Inference& at) {
    const Dims& a = at.operands[0]->dims;
    const Dims& b = at.operands[1]->dims;
    const int contracted = b.rank - 1;
    detail::infer_dtype(at);
    bool fits = a.rank >= 1 && b.rank >= 1;
    switch (at.attributes.flags) {
    case nt:
      fits = fits && a.rank >= contracted;
      for (int i = 0; fits && i < contracted; ++i) {
        const int j = a.rank - contracted + i;
        fits = a.letters[j] == b.letters[i + 1] && a.extents[j] == b.extents[i + 1];
      }
      for (int i = 0; fits && i < a.rank - contracted; ++i) {
        at.dims.push_back(a.letters[i], a.extents[i]);
      }
      at.dims.push_back(at.attributes.letters[0], b.extents[0]);
      break;
    case nn:
      fits = fits && a.extents[a.rank - 1] == b.extents[0];
      for (int i = 0; fits && i < a.rank - 1; ++i) {
        at.dims.push_back(a.letters[i], a.extents[i]);
      }
      for (int i = 1; fits && i < b.rank; ++i) {
        at.dims.push_back(b.letters[i], b.extents[i]);
      }
      break;
    default:
      fits = fits && b.rank >= a.rank - 1;
      for (int i = 0; fits && i < a.rank - 1; ++i) {
        fits = a.letters[i] == b.letters[i] && a.extents[i] == b.extents[i];
      }
      at.dims.push_back(at.attributes.letters[0], a.extents[a.rank - 1]);
      for (int i = a.rank - 1; fits && i < b.rank; ++i) {
        at.dims.push_back(b.letters[i], b.extents[i]);
      }
    }
    if (!fits) {
      at.fault = {Rule::contraction_order, "", "", '\0', a, b};
    }
  }

  static constexpr Cotangents vjp(const Vjp& at) {
    const Value a = at.x(0);
    const Value b = at.x(1);
    const Dims da = at.dims_of_x(0);
    const char last = da.letters[da.rank - 1];
    const char first_of_b = at.dims_of_x(1).letters[0];
    switch (at.node.attributes.flags) {
    case nt:
      return {make(nn, at.dy, b), make(tn, at.dy, a, first_of_b)};
    case nn:
      return {make(nt, at.dy, b, last), make(tn, a, at.dy, first_of_b)};
    default:
      return {make(nt, b, at.dy, last), make(nn, a, at.dy)};
    }
  }

  static constexpr Placed place(const PlaceRequest& at) {
    const Placement a = at.operand(0);
    const Placement b = at.operand(1);
    if (a == Placement::partial || b == Placement::partial) {
      const Placement other = a == Placement::partial ? b : a;
      return {Placement::partial, other == Placement::replicated ? Rule::none : Rule::nonlinear_partial};
    }
    if (at.at().attributes.flags == tn) {
      const bool over_batch = at.dims_of_operand(0).has(batch_axis);
      if (a != b) {
        return {Placement::partial, Rule::batch_axis_mixed};
      }
      return {a == Placement::sharded && over_batch ? Placement::partial : a, Rule::none};
    }
    const bool contracts_rows = at.dims_of_operand(0).has(batch_axis) && !at.at().dims.has(batch_axis);
    return {a, b == Placement::replicated && !contracts_rows ? Rule::none : Rule::batch_axis_mixed};
  }

  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    const Node& node = graph[id];
    const Dims& a = graph[node.operands[0]].dims;
    const Dims& b = graph[node.operands[1]].dims;
    KernelCall call;
    const bool wide = node.dtype == DType::f64;
    switch (node.attributes.flags) {
    case nt:
      call.sizes[1] = b.extents[0];
      call.sizes[2] = b.size() / b.extents[0];
      call.sizes[0] = a.size() / call.sizes[2];
      call.kernel = wide ? &kernels::gemm_nt<double> : &kernels::gemm_nt<float>;
      break;
    case nn:
      call.sizes[2] = b.extents[0];
      call.sizes[1] = b.size() / b.extents[0];
      call.sizes[0] = a.size() / call.sizes[2];
      call.kernel = wide ? &kernels::gemm_nn<double> : &kernels::gemm_nn<float>;
      break;
    default:
      call.sizes[0] = a.extents[a.rank - 1];
      call.sizes[2] = a.size() / call.sizes[0];
      call.sizes[1] = b.size() / call.sizes[2];
      call.kernel = wide ? &kernels::gemm_tn<double> : &kernels::gemm_tn<float>;
    }
    return call;
  }
  static constexpr double count_flops(const GraphView& graph, Id id) {
    const KernelCall call = lower(graph, id);
    return 2. * static_cast<double>(call.sizes[0]) * static_cast<double>(call.sizes[1]) *
           static_cast<double>(call.sizes[2]);
  }
};

} // namespace cleave
