// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/ops/call.hpp>
#include <cleave/ops/strided.hpp>

namespace cleave {

/// The axes in the order of `letters`, all of them.
struct Transpose : detail::MoveOp {
  static constexpr FixedString name = "transpose";

  static constexpr Attributes to(const Dims& order) {
    Attributes made;
    for (int i = 0; i < order.rank; ++i) {
      made.letters[i] = order.letters[i];
    }
    return made;
  }
  static constexpr void infer(Inference& at) {
    const Dims& x = at.operands[0]->dims;
    detail::infer_moved_dtype(at);
    for (const char letter : at.attributes.letters) {
      if (letter == '\0') {
        break;
      }
      if (!x.has(letter) || at.dims.has(letter)) {
        at.fault = {x.has(letter) ? Rule::axis_named_twice : Rule::axis_absent, "", "", letter, x, {}};
        return;
      }
      at.dims.push_back(letter, x.extent_of(letter));
    }
    if (at.dims.rank != x.rank) {
      at.fault = {Rule::order_incomplete, "", "", '\0', x, at.dims};
    }
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {detail::append<Transpose>(to(at.dims_of_x(0)), at.dy)}; }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    const Node& node = graph[id];
    const Dims& x = graph[node.operands[0]].dims;
    detail::CopyLoops loops;
    for (int i = 0; i < node.dims.rank; ++i) {
      loops.push(node.dims.extents[i], x.stride(x.index_of(node.dims.letters[i])), node.dims.stride(i));
    }
    return loops.call(detail::copy_kernel(node.dtype), 0);
  }
};

namespace detail {

/// Axes given, or the operand's backwards.
template <class S, class Positions = std::make_index_sequence<static_cast<std::size_t>(S::rank)>>
struct Backwards;
template <class S, std::size_t... At>
struct Backwards<S, std::index_sequence<At...>> {
  using type = Along<S::dims.letters[sizeof...(At) - 1 - At]...>;
};
template <class S, char... Letters>
struct NewOrder {
  using type = Along<Letters...>;
};
template <class S>
struct NewOrder<S> : Backwards<S> {};

/// The order of `Holder::dims`.
template <class Holder, class Positions = std::make_index_sequence<static_cast<std::size_t>(Holder::dims.rank)>>
struct OrderLike;
template <class Holder, std::size_t... At>
struct OrderLike<Holder, std::index_sequence<At...>> {
  using type = Along<Holder::dims.letters[At]...>;
};

/// `x` with its axes in the order of `Letters`: itself where that is its order. Of tensors, a copy.
template <class Order, class X>
constexpr decltype(auto) in_order(const X& x) {
  if constexpr (inferred<Transpose, Order, X>.dims == facts<X>::shape::dims) {
    return (x);
  } else {
    return call<Transpose, Order>(x);
  }
}

} // namespace detail

/// A model's symbol with its axes in another order: `transpose<C, N>(x)` names all of them, `transpose(x)` turns them
/// round. Errors while compiling: an axis absent, named twice or not named.
template <template <extent> class... Names, detail::symbol_operand X>
constexpr auto transpose(const X& x) {
  using Order = typename detail::NewOrder<typename X::shape, Names<1>::letter...>::type;
  static_assert(detail::accepted<refusal_of<Transpose, Order, X>>,
                "transpose: expects every axis of the operand, each named once");
  return detail::call<Transpose, Order>(x);
}

} // namespace cleave
