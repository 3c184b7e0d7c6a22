// SPDX-License-Identifier: Apache-2.0
// Larger tensors from smaller ones: repeated as a whole, repeated element by element, surrounded by a number.
#pragma once

#include <cleave/tensor/slice.hpp>

namespace cleave {
namespace detail {

// Named rules for messages; `Op` is a text.
template <class Op, int Times>
concept times_are_positive = Times >= 1;
template <class Op, extent Before, extent After>
concept padding_is_not_negative = Before >= 0 && After >= 0;
template <class Op, class Element, class Number>
concept number_is_whole_where_elements_are = number_is_not_cut<Element, Number>;

// Expects the names X and Letter.
#define CLEAVE_RULES_OF_GROWING(RULE, op)                                                                              \
  RULE(op ": the value " CLEAVE_IS_PARTIAL, no_operand_is_partial<void, X>)                                            \
  RULE(op ": an extent is dynamic; take a part of static size with slice first",                                       \
       shape_is_static<void, typename X::shape>)                                                                       \
  RULE(op ": the shape has no axis of that letter", axis_is_present<void, Letter, typename X::shape>)

#define CLEAVE_RULES(RULE)                                                                                             \
  CLEAVE_RULES_OF_GROWING(RULE, "tile")                                                                                \
  RULE("tile: expects to be repeated at least once", times_are_positive<void, Times>)
CLEAVE_JUDGE(tile, CLEAVE_RULES, char Letter, int Times, class X, bool Known = refused_operand<X>)
#undef CLEAVE_RULES
#define CLEAVE_RULES(RULE)                                                                                             \
  CLEAVE_RULES_OF_GROWING(RULE, "repeat")                                                                              \
  RULE("repeat: expects each element at least once", times_are_positive<void, Times>)
CLEAVE_JUDGE(repeat, CLEAVE_RULES, char Letter, int Times, class X, bool Known = refused_operand<X>)
#undef CLEAVE_RULES
#define CLEAVE_RULES(RULE)                                                                                             \
  CLEAVE_RULES_OF_GROWING(RULE, "pad")                                                                                 \
  RULE("pad: expects at least 0 elements before and after", padding_is_not_negative<void, Before, After>)              \
  RULE("pad: a number with a fraction would be cut to an integer; give an integer",                                    \
       number_is_whole_where_elements_are<void, typename X::element, Number>)
CLEAVE_JUDGE(pad, CLEAVE_RULES, char Letter, extent Before, extent After, class X, class Number,
             bool Known = refused_operand<X>)
#undef CLEAVE_RULES

template <class X, char Letter, extent Size>
using Grown =
    Tensor<typename X::element, replace_axis_t<typename X::shape, Letter, Axis<Letter, Size>>, typename X::device>;

/// Writes `x`, then copies of it, `distance` elements apart, at strides St.
template <class St, int Times, class X>
void write_times(typename X::element* to, extent distance, const X& x) {
  using Copies = View<const typename X::element, typename X::shape, typename X::device, St>;
  write_to<St>(to, x);
  for (int i = 1; i < Times; ++i) {
    write_to<St>(to + i * distance, Copies(to));
  }
}

} // namespace detail

/// The whole, `Times` times one after another along an axis, as a new tensor: `tile<C, 2>(x)`. Errors while compiling:
/// axis absent, a dynamic extent, `Times` below 1.
template <template <extent> class AxisName, int Times, operand X>
  requires(!detail::symbol_operand<X>)
[[nodiscard]] auto tile(const X& x) {
  constexpr char letter = AxisName<1>::letter;
  detail::expect_tile<letter, Times, X>();
  if constexpr (detail::tile_is_right<letter, Times, X>()) {
    constexpr extent size = X::dims.extent_of(letter);
    using Tiled = detail::Grown<X, letter, size * Times>;
    using St = typename Tiled::strides;
    Tiled tiled(uninitialized);
    detail::write_times<St, Times>(tiled.data(), size * St::values[Tiled::dims.index_of(letter)], x);
    return tiled;
  } else {
    return Refused{};
  }
}

/// Each element `Times` times along an axis, as a new tensor: `repeat<C, 2>(x)`. Errors as for `tile`.
template <template <extent> class AxisName, int Times, operand X>
  requires(!detail::symbol_operand<X>)
[[nodiscard]] auto repeat(const X& x) {
  constexpr char letter = AxisName<1>::letter;
  detail::expect_repeat<letter, Times, X>();
  if constexpr (detail::repeat_is_right<letter, Times, X>()) {
    using Repeated = detail::Grown<X, letter, X::dims.extent_of(letter) * Times>;
    using St = typename Repeated::strides;
    using Every = detail::SliceOf<letter, 0, to_end, Times, typename Repeated::shape, St>;
    Repeated repeated(uninitialized);
    detail::write_times<detail::strides_lifted<Every>, Times>(repeated.data(),
                                                              St::values[Repeated::dims.index_of(letter)], x);
    return repeated;
  } else {
    return Refused{};
  }
}

/// `Before` elements of one number in front of the others along an axis and `After` behind them, as a new tensor:
/// `pad<W, 1, 1>(x)`. Errors while compiling: axis absent, a dynamic extent, negative padding, a number with a fraction
/// among integers; throws Error where the number does not fit an integer element.
template <template <extent> class AxisName, extent Before, extent After, operand X, detail::number Number = int>
  requires(!detail::symbol_operand<X>)
[[nodiscard]] auto pad(const X& x, Number value = 0) {
  constexpr char letter = AxisName<1>::letter;
  detail::expect_pad<letter, Before, After, X, Number>();
  if constexpr (detail::pad_is_right<letter, Before, After, X, Number>()) {
    constexpr extent size = X::dims.extent_of(letter);
    using Padded = detail::Grown<X, letter, Before + size + After>;
    using St = typename Padded::strides;
    Padded padded(uninitialized);
    padded.fill(value);
    detail::write_to<St>(padded.data() + Before * St::values[Padded::dims.index_of(letter)], x);
    return padded;
  } else {
    return Refused{};
  }
}

} // namespace cleave
