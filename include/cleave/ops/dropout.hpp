// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/ops/softmax.hpp>

namespace cleave {

/// x / (1 - p) where the mask keeps it, else 0; operands x and the random key. The mask is a function of (seed, name of
/// the layer, pass, row of the whole batch, position in the row), so it is the same however the batch is split, and
/// is computed again in the backward pass. `number` is p, `second` a hash of the layer's name, `letters` the axes along
/// which the mask is constant.
struct Dropout : OpDefaults {
  static constexpr FixedString name = "dropout";
  static constexpr OpKind kind = OpKind::kernel;
  static constexpr Linearity linearity = Linearity::first;
  static constexpr double flops = 10;

  static constexpr void infer(Inference& at) {
    at.dims = at.operands[0]->dims;
    at.dtype = at.operands[0]->dtype;
    if (!is_floating(at.dtype)) {
      at.fault = {Rule::dtype_unsupported, "", at.operands[0]->name, '\0', at.dims, {}};
    }
    for (int i = 0; i < max_rank && at.attributes.letters[i] != '\0'; ++i) {
      if (!at.dims.has(at.attributes.letters[i])) {
        at.fault = {Rule::axis_absent, "", "", at.attributes.letters[i], at.dims, {}};
      }
    }
  }
  // Linear in x: what flows back passes the same mask.
  static constexpr Cotangents vjp(const Vjp& at) {
    return {detail::append<Dropout>(at.node.attributes, at.dy, at.x(1))};
  }
  // Each device computes its own rows of one mask: whether x is whole, a share of rows or an addend, so is the result.
  static constexpr Placed place(const PlaceRequest& at) { return {at.operand(0), Rule::none}; }

  // The positions of the mask: the axes along which it is not constant, row by row of the batch.
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    const Node& node = graph[id];
    KernelCall call;
    call.kernel = detail::pick_kernel(node.dtype, &kernels::dropout<float>, &kernels::dropout<double>);
    call.numbers[0] = node.attributes.number;
    call.numbers[1] = node.attributes.second;
    extent stride = 1;
    call.sizes[0] = node.dims.rank;
    for (int i = node.dims.rank - 1; i >= 0; --i) {
      const char letter = node.dims.letters[i];
      call.sizes[1 + i] = node.dims.extents[i];
      if (letter != batch_axis && !detail::names_axis(node.attributes.letters, letter)) {
        call.sizes[1 + max_rank + i] = stride;
        stride *= node.dims.extents[i];
      }
    }
    if (node.dims.has(batch_axis) && !detail::names_axis(node.attributes.letters, batch_axis)) {
      call.sizes[1 + max_rank + node.dims.index_of(batch_axis)] = stride;
      call.sizes[1 + 2 * max_rank] = stride;
    }
    return call;
  }
};

} // namespace cleave
