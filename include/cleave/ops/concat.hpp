// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/ops/reshape.hpp>
#include <cleave/ops/slice.hpp>

namespace cleave {

/// Up to `max_operands` values joined along the axis `letters[0]`; their other axes are the same.
struct Concat : detail::MoveOp {
  static constexpr FixedString name = "concat";

  static constexpr void infer(Inference& at) {
    at.dims = at.operands[0]->dims;
    const char letter = at.attributes.letters[0];
    detail::infer_moved_dtype(at);
    const int axis = detail::infer_moved_axis(at, letter);
    for (int k = 1; k < at.operand_count && !at.fault; ++k) {
      const Dims& other = at.operands[k]->dims;
      for (int i = 0; i < at.dims.rank || i < other.rank; ++i) {
        const char here = i < at.dims.rank ? at.dims.letters[i] : '\0';
        const char there = i < other.rank ? other.letters[i] : '\0';
        if (here != there || (i != axis && at.dims.extents[i] != other.extents[i])) {
          const bool absent = !other.has(letter);
          const Rule differ = here == there ? Rule::extents_differ : Rule::shapes_differ;
          const char where = here != '\0' ? here : there;
          at.fault = {
              absent ? Rule::axis_absent : differ, "", "", absent ? letter : where, at.operands[0]->dims, other};
          return;
        }
      }
      at.dims.extents[axis] += other.extents[axis];
    }
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    const char letter = at.node.attributes.letters[0];
    Cotangents back;
    extent first = 0;
    for (int k = 0; k < at.node.operand_count; ++k) {
      const extent count = at.dims_of_x(k).extent_of(letter);
      back.operands[k] = detail::append<Slice>(Slice::taking(letter, first, count, 1), at.dy);
      first += count;
    }
    return back;
  }
  static constexpr KernelCall lower(const GraphView& graph, Id id) {
    const Node& node = graph[id];
    const int axis = node.dims.index_of(node.attributes.letters[0]);
    KernelCall call;
    call.sizes[0] = node.operand_count;
    call.sizes[1] = detail::elements_before_position(node.dims, axis);
    for (int k = 0; k < node.operand_count; ++k) {
      call.sizes[2 + k] = graph[node.operands[k]].dims.size() / call.sizes[1];
    }
    switch (size_of(node.dtype)) {
    case 8:
      call.kernel = &kernels::join_rows<std::uint64_t>;
      break;
    case 4:
      call.kernel = &kernels::join_rows<std::uint32_t>;
      break;
    default:
      call.kernel = &kernels::join_rows<std::uint8_t>;
    }
    return call;
  }
};

namespace detail {

/// Whether pieces of any number fit: each with the first, as one node of the two would.
template <char Letter>
struct JoinJudge {
  template <class First, class... Rest>
  static constexpr Fault judge() {
    Fault first = inferred<Concat, Along<Letter>, First>.fault;
    ((first = first ? first : inferred<Concat, Along<Letter>, First, Rest>.fault), ...);
    return first;
  }
};

template <char Letter, int First, int Count, class... X>
constexpr auto join_range(const X&... x);
template <char Letter, int First, int Part, int Last, int... At, class... X>
constexpr auto join_parts(std::integer_sequence<int, At...> /*all but the last*/, const X&... x) {
  return call<Concat, Along<Letter>>(join_range<Letter, First + At * Part, Part>(x...)...,
                                     join_range<Letter, First + static_cast<int>(sizeof...(At)) * Part, Last>(x...));
}
/// A tree of nodes with as many operands as a node may have.
template <char Letter, int First, int Count, class... X>
constexpr auto join_range(const X&... x) {
  if constexpr (Count == 1) {
    return nth<First>(x...);
  } else {
    constexpr int part = (Count + max_operands - 1) / max_operands;
    constexpr int parts = (Count + part - 1) / part;
    return join_parts<Letter, First, part, Count - (parts - 1) * part>(std::make_integer_sequence<int, parts - 1>{},
                                                                       x...);
  }
}
template <char Letter, class... X>
constexpr auto join_all(const X&... x) {
  return join_range<Letter, 0, static_cast<int>(sizeof...(X))>(x...);
}

} // namespace detail

/// Symbols of a model joined along an axis, in order: `concat<C>(a, b, c)`. All other axes are the same. Errors while
/// compiling where they are not, and along the batch axis.
template <template <extent> class Name, detail::symbol_operand X, class... More>
constexpr auto concat(const X& first, const More&... more) {
  constexpr char letter = Name<1>::letter;
  using Call = detail::Judged<detail::JoinJudge<letter>, X, More...>;
  using Refusal = typename Call::found_wrong;
  static_assert(detail::call_keeps<Rule::batch_axis_cut, Refusal>, CLEAVE_SAYS_ROWS("concat"));
  static_assert(detail::accepted_besides<Refusal, Rule::batch_axis_cut>,
                "concat: expects symbols of one model that have the joined axis; all other axes are the same, in the "
                "same order and with equal extents");
  if constexpr (Call::is_legal) {
    return detail::join_all<letter>(first, more...);
  } else {
    return first.refused();
  }
}

namespace detail {
/// The first piece with the axis in front, for judging a stack.
template <class X, char Letter>
using stacked_piece = Inserted<typename facts<X>::shape, Letter>;
} // namespace detail

/// Symbols of one shape under each other along a new first axis: `stack<T>(a, b)`. Errors while compiling: shapes that
/// differ, the axis present.
template <template <extent> class Name, detail::symbol_operand X, detail::symbol_operand... More>
constexpr auto stack(const X& first, const More&... more) {
  constexpr char letter = Name<1>::letter;
  constexpr bool same = (std::is_same_v<X, More> && ...);
  using At = detail::stacked_piece<X, letter>;
  static_assert(same, "stack: expects symbols of one model, shape and element type");
  static_assert(!same || detail::accepted<detail::lifted_refusal<At>>,
                "stack: expects a letter that no axis of the operands has, not N, and at most 5 axes");
  if constexpr (same && !At::fault) {
    return detail::join_all<letter>(detail::reshape_like<At>(first), detail::reshape_like<At>(more)...);
  } else {
    return first.refused();
  }
}

} // namespace cleave
