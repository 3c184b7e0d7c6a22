// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/ops/concat.hpp>
#include <cleave/ops/tile.hpp>

namespace cleave {

/// What lies beside the elements of a padded axis: the nearest one, or the others mirrored at it.
enum class Padding : unsigned char { edge, reflect };

namespace detail {

template <class S, char Letter, extent Before, extent After, bool Mirrors>
struct PadAt {
  static constexpr extent size = S::dims.extent_of(Letter);
  static constexpr Fault judge() {
    if (!S::dims.has(Letter)) {
      return {Rule::axis_absent, "pad", "", Letter, S::dims, {}};
    }
    if (Letter == batch_axis) {
      return {Rule::batch_axis_cut, "pad", "", Letter, S::dims, {}};
    }
    const bool inside = Before >= 0 && After >= 0 && (!Mirrors || (Before < size && After < size));
    return inside ? Fault{} : Fault{Rule::range_outside, "pad", "", Letter, S::dims, {}};
  }
  static constexpr Fault fault = judge();
};

/// `x` between two pieces, each of which may be empty.
template <char Letter, bool HasBefore, bool HasAfter, class A, class X, class B>
constexpr auto join_around(const A& before, const X& x, const B& after) {
  if constexpr (HasBefore && HasAfter) {
    return join_all<Letter>(before, x, after);
  } else if constexpr (HasBefore) {
    return join_all<Letter>(before, x);
  } else if constexpr (HasAfter) {
    return join_all<Letter>(x, after);
  } else {
    return x;
  }
}

template <char Letter, extent Before, extent After, class X>
constexpr auto pad_edge(const X& x) {
  constexpr extent size = X::shape::dims.extent_of(Letter);
  const auto first = call<Slice, SliceAt<Letter, 0, 1, 1>>(x);
  const auto last = call<Slice, SliceAt<Letter, size - 1, size, 1>>(x);
  return join_around<Letter, (Before > 0), (After > 0)>(call<Tile, TileAt<Letter, (Before > 0 ? Before : 1), 1>>(first),
                                                        x,
                                                        call<Tile, TileAt<Letter, (After > 0 ? After : 1), 1>>(last));
}

template <char Letter, extent Before, extent After, class X>
constexpr auto pad_reflect(const X& x) {
  constexpr extent size = X::shape::dims.extent_of(Letter);
  // without padding on a side its piece is left out, and any range will do
  using First = SliceAt<Letter, Before, (Before > 0 ? extent{0} : to_end), -1>;
  using Last = SliceAt<Letter, (After > 0 ? size - 2 : size - 1),
                       (After > 0 && size - 2 - After >= 0 ? size - 2 - After : to_end), -1>;
  return join_around<Letter, (Before > 0), (After > 0)>(call<Slice, First>(x), x, call<Slice, Last>(x));
}

} // namespace detail

/// `Before` and `After` more elements along an axis, all `value`: `pad<C, 1, 2>(x)`. Errors while compiling: axis
/// absent, a negative number, the batch axis.
template <template <extent> class Name, extent Before, extent After, detail::symbol_operand X>
constexpr auto pad(const X& x, double value = 0) {
  constexpr char letter = Name<1>::letter;
  using At = detail::PadAt<typename X::shape, letter, Before, After, false>;
  using Refusal = detail::lifted_refusal<At>;
  static_assert(detail::call_keeps<Rule::batch_axis_cut, Refusal>, CLEAVE_SAYS_ROWS("pad"));
  static_assert(detail::accepted_besides<Refusal, Rule::batch_axis_cut>,
                "pad: expects an axis of the operand, and how many elements come before and after, at least 0");
  if constexpr (At::fault) {
    return x.refused();
  } else {
    using Filled = detail::Numbered<detail::Along<letter>, Before, Before + At::size + After, 1>;
    Attributes attributes = Filled::attributes;
    attributes.number = value;
    return detail::call<Place, Filled>(attributes, x);
  }
}

/// The same with the nearest element, `pad<C, 1, 2, Padding::edge>(x)`: a a b c c c; or with the others mirrored,
/// `Padding::reflect`: b a b c b a, which takes fewer elements than the axis has.
template <template <extent> class Name, extent Before, extent After, Padding How, detail::symbol_operand X>
constexpr auto pad(const X& x) {
  constexpr char letter = Name<1>::letter;
  using At = detail::PadAt<typename X::shape, letter, Before, After, How == Padding::reflect>;
  using Refusal = detail::lifted_refusal<At>;
  static_assert(detail::call_keeps<Rule::batch_axis_cut, Refusal>, CLEAVE_SAYS_ROWS("pad"));
  static_assert(
      detail::accepted_besides<Refusal, Rule::batch_axis_cut>,
      "pad: expects an axis of the operand, and how many elements come before and after, at least 0 (mirrored, "
      "fewer than the axis has)");
  if constexpr (At::fault) {
    return x.refused();
  } else if constexpr (How == Padding::edge) {
    return detail::pad_edge<letter, Before, After>(x);
  } else {
    return detail::pad_reflect<letter, Before, After>(x);
  }
}

} // namespace cleave
