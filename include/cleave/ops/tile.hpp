// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/ops/reduce.hpp>
#include <cleave/ops/slice.hpp>

namespace cleave {
namespace detail {

/// The five loops of tiling: what lies before the axis, the whole axis again and again, the axis, each element again
/// and again, what lies behind. `tiled` is the larger side.
struct TileLoops {
  extent before, tiles, axis, repeats, behind;
};
constexpr TileLoops tile_loops(const Node& node, const Dims& tiled) {
  const extent tiles = node.attributes.extents[0];
  const extent repeats = node.attributes.extents[1];
  const int axis = tiled.index_of(node.attributes.letters[0]);
  return {elements_before_position(tiled, axis), tiles, tiled.extents[axis] / (tiles * repeats), repeats,
          tiled.stride(axis)};
}

} // namespace detail

/// An axis, each element `extents[1]` times, and all that `extents[0]` times.
struct Tile : detail::MoveOp {
  static constexpr FixedString name = "tile";

  static constexpr void infer(Inference& at) {
    at.dims = at.operands[0]->dims;
    detail::infer_moved_dtype(at);
    const int axis = detail::infer_moved_axis(at, at.attributes.letters[0]);
    if (at.attributes.extents[0] < 1 || at.attributes.extents[1] < 1) {
      at.fault = {Rule::range_empty, "", "", at.attributes.letters[0], at.dims, {}};
    } else if (axis >= 0) {
      at.dims.extents[axis] *= at.attributes.extents[0] * at.attributes.extents[1];
    }
  }
  static constexpr Cotangents vjp(const Vjp& at);
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    const Node& node = graph[id];
    const detail::TileLoops tile = detail::tile_loops(node, node.dims);
    const extent row = tile.axis * tile.behind;
    detail::CopyLoops loops;
    loops.push(tile.before, row, tile.tiles * tile.repeats * row);
    loops.push(tile.tiles, 0, tile.repeats * row);
    loops.push(tile.axis, tile.behind, tile.repeats * tile.behind);
    loops.push(tile.repeats, 0, tile.behind);
    loops.push(tile.behind, 1, 1);
    return loops.call(detail::copy_kernel(node.dtype), 0);
  }
};

/// The adjoint of Tile: the sum over all copies of each element.
struct TileSum : detail::MoveOp {
  static constexpr FixedString name = "tile_sum";

  static constexpr void infer(Inference& at) {
    at.dims = at.operands[0]->dims;
    detail::infer_dtype(at);
    const int axis = detail::infer_moved_axis(at, at.attributes.letters[0]);
    const extent copies = at.attributes.extents[0] * at.attributes.extents[1];
    if (axis >= 0 && (copies < 1 || at.dims.extents[axis] % (copies < 1 ? 1 : copies) != 0)) {
      at.fault = {Rule::not_divisible, "", "", at.attributes.letters[0], at.dims, {}};
    } else if (axis >= 0) {
      at.dims.extents[axis] /= copies;
    }
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {detail::append<Tile>(at.node.attributes, at.dy)}; }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    const Node& node = graph[id];
    const detail::TileLoops tile = detail::tile_loops(node, graph[node.operands[0]].dims);
    detail::ReduceLoops loops;
    loops.push(tile.before, false);
    loops.push(tile.tiles, true);
    loops.push(tile.axis, false);
    loops.push(tile.repeats, true);
    loops.push(tile.behind, false);
    return loops.call(Sum::kernel(node.dtype));
  }
  static constexpr double count_flops(const GraphView& graph, Id id) {
    return static_cast<double>(graph[graph[id].operands[0]].dims.size());
  }
};

constexpr Cotangents Tile::vjp(const Vjp& at) { return {detail::append<TileSum>(at.node.attributes, at.dy)}; }

namespace detail {
template <char Letter, extent Tiles, extent Repeats>
using TileAt = Numbered<Along<Letter>, Tiles, Repeats>;
} // namespace detail

/// A model's symbol again and again along an axis: `tile<C, 2>(x)` is a b c a b c. Errors while compiling: axis absent,
/// no copies, the batch axis.
template <template <extent> class Name, extent Times, detail::symbol_operand X>
constexpr auto tile(const X& x) {
  using At = detail::TileAt<Name<1>::letter, Times, 1>;
  using Refusal = refusal_of<Tile, At, X>;
  static_assert(detail::call_keeps<Rule::batch_axis_cut, Refusal>, CLEAVE_SAYS_ROWS("tile"));
  static_assert(detail::accepted_besides<Refusal, Rule::batch_axis_cut>,
                "tile: expects an axis of the operand and how often it is wanted, at least once");
  return detail::call<Tile, At>(x);
}

/// Each element of an axis several times: `repeat<C, 2>(x)` is a a b b c c. Errors as `tile`.
template <template <extent> class Name, extent Times, detail::symbol_operand X>
constexpr auto repeat(const X& x) {
  using At = detail::TileAt<Name<1>::letter, 1, Times>;
  using Refusal = refusal_of<Tile, At, X>;
  static_assert(detail::call_keeps<Rule::batch_axis_cut, Refusal>, CLEAVE_SAYS_ROWS("repeat"));
  static_assert(detail::accepted_besides<Refusal, Rule::batch_axis_cut>,
                "repeat: expects an axis of the operand and how often each element is wanted, at least once");
  return detail::call<Tile, At>(x);
}

namespace detail {
template <class X>
constexpr auto upsample_along(const X& x) {
  return x;
}
template <class First, class... Rest, class X>
constexpr auto upsample_along(const X& x) {
  return upsample_along<Rest...>(call<Tile, TileAt<First::letter, 1, First::size>>(x));
}
} // namespace detail

/// A larger picture by the nearest element: `upsample<H<2>, W<3>>(x)` is twice as high and three times as wide. Errors
/// as `repeat`.
template <class... Times, detail::symbol_operand X>
constexpr auto upsample(const X& x) {
  constexpr bool right = (std::is_void_v<refusal_of<Tile, detail::TileAt<Times::letter, 1, Times::size>, X>> && ...);
  static_assert((detail::accepted<refusal_of<Tile, detail::TileAt<Times::letter, 1, Times::size>, X>> && ...),
                "upsample: expects axes of the operand, not N, each with how often its elements are wanted");
  if constexpr (right) {
    return detail::upsample_along<Times...>(x);
  } else {
    return x.refused();
  }
}

} // namespace cleave
