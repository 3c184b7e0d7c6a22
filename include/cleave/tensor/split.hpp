// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/tensor/slice.hpp>

namespace cleave {

/// Equal pieces of a tensor along an axis, in order: `auto [a, b, c] = split<C, 3>(x)`, `pieces.get<0>()`, or
/// `pieces[i]` in a loop.
template <class V, int Count>
struct Split {
  V pieces[detail::room_for(Count)];

  template <int Index>
  [[nodiscard]] constexpr const V& get() const {
    static_assert(Index >= 0 && Index < Count, "split: there is no piece of that number; they are counted from 0");
    return pieces[Index];
  }
  constexpr const V& operator[](int index) const { return pieces[index]; }
  [[nodiscard]] static constexpr int size() { return Count; }
  [[nodiscard]] constexpr const V* begin() const { return pieces; }
  [[nodiscard]] constexpr const V* end() const { return pieces + Count; }
};

namespace detail {

/// What a refused split gives: as many refused pieces as names may ask for.
template <int Count>
using RefusedSplit = Split<Refused, (Count > 0 ? Count : 1)>;

// Named rules for messages; `Op` is a text.
template <class Op, char Letter, extent Size, int Pieces>
concept pieces_are_equal = Pieces > 0 && Size % (Pieces > 0 ? Pieces : 1) == 0;

#define CLEAVE_RULES(RULE)                                                                                             \
  CLEAVE_RULES_OF_VIEWS(RULE, "split")                                                                                 \
  RULE("split: the shape has no axis of that letter", axis_is_present<void, Letter, S>)                                \
  RULE("split: the axis is dynamic; take a part of static size with slice first", axis_is_static<void, Letter, S>)     \
  RULE("split: the extent of the axis is no multiple of the number of pieces; cut unequal pieces with slice",          \
       pieces_are_equal<void, Letter, S::dims.extent_of(Letter), Count>)
CLEAVE_JUDGE(split, CLEAVE_RULES, char Letter, int Count, class X, class Source = std::remove_cvref_t<X>,
             class S = typename Source::shape, bool Known = refused_operand<Source>)
#undef CLEAVE_RULES

template <char Letter, int Count, class X, int... At>
constexpr auto make_split(X& x, std::integer_sequence<int, At...> /*pieces*/) {
  using Source = std::remove_const_t<X>;
  constexpr extent part = Source::dims.extent_of(Letter) / Count;
  using Piece = decltype(make_slice<Letter, 0, part, 1>(x));
  return Split<Piece, Count>{{make_slice<Letter, At * part, (At + 1) * part, 1>(x)...}};
}

} // namespace detail

/// `Count` equal pieces along an axis, as views. Errors while compiling: axis absent or dynamic, extent no multiple of
/// `Count`, `x` an expression or a temporary.
template <template <extent> class AxisName, int Count, detail::viewable X>
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): X tells whether x is a temporary; a view only borrows it
[[nodiscard]] constexpr auto split(X&& x) {
  detail::expect_split<AxisName<1>::letter, Count, X>();
  if constexpr (detail::split_is_right<AxisName<1>::letter, Count, X>()) {
    return detail::make_split<AxisName<1>::letter, Count>(x, std::make_integer_sequence<int, Count>{});
  } else {
    return detail::RefusedSplit<Count>{};
  }
}

} // namespace cleave

template <class V, int Count>
struct std::tuple_size<cleave::Split<V, Count>> : std::integral_constant<std::size_t, cleave::detail::room_for(Count)> {
};
template <std::size_t Index, class V, int Count>
struct std::tuple_element<Index, cleave::Split<V, Count>> {
  using type = const V;
};
