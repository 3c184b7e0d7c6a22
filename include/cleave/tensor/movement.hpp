// SPDX-License-Identifier: Apache-2.0
// Cutting, joining, moving between devices, converting.
#pragma once

#include <cleave/device/copy.hpp>
#include <cleave/shape/slice.hpp>
#include <cleave/tensor/tensor.hpp>

namespace cleave {
namespace detail {

// Named rules for messages; `Op` is a text.
template <class Op, class X>
concept has_memory = is_tensor<X> || is_view<X>;
template <class Op, class X>
concept outlives_the_view = is_view<std::remove_cvref_t<X>> || std::is_lvalue_reference_v<X>;
template <class Op, class... X>
concept all_have_elements = (eager_operand<X> && ...);

/// What keeps `slice` from looking into X (as deduced for a forwarding reference).
enum class SliceMisuse : unsigned char { none, known_before, partial, expression, temporary, axis, range };

template <char Letter, extent Begin, extent End, class X>
constexpr SliceMisuse judge_slice() {
  using Source = std::remove_cvref_t<X>;
  if constexpr (refused_operand<Source>) {
    return SliceMisuse::known_before;
  } else if constexpr (partial_operand<Source>) {
    return SliceMisuse::partial;
  } else if constexpr (!has_memory<void, Source>) {
    return SliceMisuse::expression;
  } else if constexpr (!outlives_the_view<void, X>) {
    return SliceMisuse::temporary;
  } else if constexpr (!Source::dims.has(Letter)) {
    return SliceMisuse::axis;
  } else if constexpr (!range_is_inside<void, Letter, Begin, End, Source::dims.extent_of(Letter)>) {
    return SliceMisuse::range;
  } else {
    return SliceMisuse::none;
  }
}
template <char Letter, extent Begin, extent End, class X>
inline constexpr SliceMisuse slice_misuse = judge_slice<Letter, Begin, End, X>();

#define CLEAVE_SAYS_PARTIAL "slice: the value " CLEAVE_IS_PARTIAL
#define CLEAVE_SAYS_EXPRESSION "slice: expects a tensor or a view; evaluate an expression into a tensor first"
#define CLEAVE_SAYS_TEMPORARY                                                                                          \
  "slice: this tensor ends with the statement, and the view with it; give the tensor a name first"
#define CLEAVE_SAYS_AXIS "slice: the shape has no axis of that letter"
#define CLEAVE_SAYS_RANGE "slice: expects 0 <= begin < end <= extent of the axis"

// clang-format off: attributes of one function, one a line
template <char Letter, extent Begin, extent End, class X>
CLEAVE_REFUSES_IF(CLEAVE_SAYS_PARTIAL, slice_misuse<Letter, Begin, End, X> == SliceMisuse::partial)
CLEAVE_REFUSES_IF(CLEAVE_SAYS_EXPRESSION, slice_misuse<Letter, Begin, End, X> == SliceMisuse::expression)
CLEAVE_REFUSES_IF(CLEAVE_SAYS_TEMPORARY, slice_misuse<Letter, Begin, End, X> == SliceMisuse::temporary)
CLEAVE_REFUSES_IF(CLEAVE_SAYS_AXIS, slice_misuse<Letter, Begin, End, X> == SliceMisuse::axis)
CLEAVE_REFUSES_IF(CLEAVE_SAYS_RANGE, slice_misuse<Letter, Begin, End, X> == SliceMisuse::range)
constexpr auto make_slice(std::remove_reference_t<X>& x) {
  // clang-format on
  using Source = std::remove_cvref_t<X>;
  using S = typename Source::shape;
  using Name [[maybe_unused]] = spelled<"slice">;
  constexpr SliceMisuse misuse = slice_misuse<Letter, Begin, End, X>;
  if constexpr (misuse == SliceMisuse::partial) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_PARTIAL, no_operand_is_partial<Name, Source>);
  } else if constexpr (misuse == SliceMisuse::expression) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_EXPRESSION, has_memory<Name, Source>);
  } else if constexpr (misuse == SliceMisuse::temporary) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_TEMPORARY, outlives_the_view<Name, X>);
  } else if constexpr (misuse == SliceMisuse::axis) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_AXIS, axis_is_present<Name, Letter, S>);
  } else if constexpr (misuse == SliceMisuse::range) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_RANGE, range_is_inside<Name, Letter, Begin, End, S::dims.extent_of(Letter)>);
  }
  if constexpr (misuse == SliceMisuse::none) {
    using St = typename Source::strides;
    using Sliced = sliced_t<S, Letter, Begin, End>;
    constexpr int axis = S::dims.index_of(Letter);
    if constexpr (S::dims.extents[axis] == dynamic) {
      if (End > x.rows()) {
        fail("slice: elements %td to %td along axis %c were asked for, but there are %td", Begin, End, Letter,
             x.rows());
      }
    }
    // NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): it cannot read a class template's constants
    auto* const first = x.data() + Begin * St::values[axis];
    using V = View<std::remove_pointer_t<decltype(x.data())>, Sliced, typename Source::device, St>;
    if constexpr (Sliced::is_static) {
      return V(first);
    } else {
      return V(first, x.rows());
    }
  } else {
    return Refused{};
  }
}

#undef CLEAVE_SAYS_PARTIAL
#undef CLEAVE_SAYS_EXPRESSION
#undef CLEAVE_SAYS_TEMPORARY
#undef CLEAVE_SAYS_AXIS
#undef CLEAVE_SAYS_RANGE

/// What keeps pieces from being joined.
enum class ConcatMisuse : unsigned char {
  none,
  known_before,
  partial,
  no_elements,
  devices,
  elements,
  axis,
  dynamic_extent,
  other_axis
};

template <char Letter, class... X>
struct Pieces {
  using device = Agreement<typename facts<X>::device...>;
  using element = Agreement<typename facts<X>::element...>;
  static constexpr AxisMisfit misfit = first_concat_misfit<typename facts<X>::shape...>(Letter);

  static constexpr ConcatMisuse judge() {
    if ((refused_operand<X> || ...)) {
      return ConcatMisuse::known_before;
    }
    if ((partial_operand<X> || ...)) {
      return ConcatMisuse::partial;
    }
    if (!(eager_operand<X> && ...)) {
      return ConcatMisuse::no_elements;
    }
    if (!device::holds) {
      return ConcatMisuse::devices;
    }
    if (!element::holds) {
      return ConcatMisuse::elements;
    }
    if (!(facts<X>::shape::dims.has(Letter) && ...)) {
      return ConcatMisuse::axis;
    }
    if (!(facts<X>::shape::is_static && ...)) {
      return ConcatMisuse::dynamic_extent;
    }
    return misfit.letter != '\0' ? ConcatMisuse::other_axis : ConcatMisuse::none;
  }
  static constexpr ConcatMisuse misuse = judge();
};

#define CLEAVE_SAYS_PARTIAL "concat: a piece " CLEAVE_IS_PARTIAL
#define CLEAVE_SAYS_ELEMENTLESS "concat: expects tensors, views or expressions"
#define CLEAVE_SAYS_DEVICES "concat: the pieces are on different devices; bring them to one with copy_to"
#define CLEAVE_SAYS_ELEMENTS "concat: the pieces have different element types; convert them with cast"
#define CLEAVE_SAYS_AXIS "concat: a piece has no axis of that letter"
#define CLEAVE_SAYS_DYNAMIC "concat: a piece has a dynamic extent; take a part of static size with slice first"
#define CLEAVE_SAYS_OTHER                                                                                              \
  "concat: all axes but the joined one must be the same in all pieces, in the same order and with equal extents"

// The last three arguments are for messages.
// clang-format off: attributes of one function, one a line
template <char Letter, class... X, char Axis = Pieces<Letter, X...>::misfit.letter,
          extent First = Pieces<Letter, X...>::misfit.first, extent Other = Pieces<Letter, X...>::misfit.other>
CLEAVE_REFUSES_IF(CLEAVE_SAYS_PARTIAL, Pieces<Letter, X...>::misuse == ConcatMisuse::partial)
CLEAVE_REFUSES_IF(CLEAVE_SAYS_ELEMENTLESS, Pieces<Letter, X...>::misuse == ConcatMisuse::no_elements)
CLEAVE_REFUSES_IF(CLEAVE_SAYS_DEVICES, Pieces<Letter, X...>::misuse == ConcatMisuse::devices)
CLEAVE_REFUSES_IF(CLEAVE_SAYS_ELEMENTS, Pieces<Letter, X...>::misuse == ConcatMisuse::elements)
CLEAVE_REFUSES_IF(CLEAVE_SAYS_AXIS, Pieces<Letter, X...>::misuse == ConcatMisuse::axis)
CLEAVE_REFUSES_IF(CLEAVE_SAYS_DYNAMIC, Pieces<Letter, X...>::misuse == ConcatMisuse::dynamic_extent)
CLEAVE_REFUSES_IF(CLEAVE_SAYS_OTHER, Pieces<Letter, X...>::misuse == ConcatMisuse::other_axis)
auto make_concat(const X&... pieces) {
  // clang-format on
  using All = Pieces<Letter, X...>;
  using Name [[maybe_unused]] = spelled<"concat">;
  using DevicePair = typename All::device;
  using ElementPair = typename All::element;
  if constexpr (All::misuse == ConcatMisuse::partial) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_PARTIAL, no_operand_is_partial<Name, X...>);
  } else if constexpr (All::misuse == ConcatMisuse::no_elements) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_ELEMENTLESS, all_have_elements<Name, X...>);
  } else if constexpr (All::misuse == ConcatMisuse::devices) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_DEVICES, devices_are_equal<Name, typename DevicePair::left, typename DevicePair::right>);
  } else if constexpr (All::misuse == ConcatMisuse::elements) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_ELEMENTS,
                   element_types_are_equal<Name, typename ElementPair::left, typename ElementPair::right>);
  } else if constexpr (All::misuse == ConcatMisuse::axis) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_AXIS, (axis_is_present<Name, Letter, typename facts<X>::shape> && ...));
  } else if constexpr (All::misuse == ConcatMisuse::dynamic_extent) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_DYNAMIC, no_extent_is_dynamic<Name, X...>);
  } else if constexpr (All::misuse == ConcatMisuse::other_axis) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_OTHER, extents_are_equal<Name, Axis, First, Other>);
  }
  if constexpr (All::misuse == ConcatMisuse::none) {
    using Joined =
        Tensor<typename ElementPair::left, joined_t<Letter, typename X::shape...>, typename DevicePair::left>;
    using St = typename Joined::strides;
    Joined joined(uninitialized);
    auto* to = joined.data();
    ((write_to<St>(to, pieces), to += X::dims.extent_of(Letter) * St::values[Joined::dims.index_of(Letter)]), ...);
    return joined;
  } else {
    return Refused{};
  }
}

#undef CLEAVE_SAYS_PARTIAL
#undef CLEAVE_SAYS_ELEMENTLESS
#undef CLEAVE_SAYS_DEVICES
#undef CLEAVE_SAYS_ELEMENTS
#undef CLEAVE_SAYS_AXIS
#undef CLEAVE_SAYS_DYNAMIC
#undef CLEAVE_SAYS_OTHER

} // namespace detail

/// Elements [Begin, End) along an axis as a view: `slice<N, 0, 32>(x)`, or `slice<'N', 0, 32>(x)`. `x` is a tensor that
/// has a name, or a view. Errors while compiling: axis absent, range empty or outside, `x` an expression or a
/// temporary. Along a dynamic axis the range is checked while running: throws Error.
template <template <extent> class AxisName, extent Begin, extent End, class X>
  requires operand<std::remove_cvref_t<X>> && (!detail::symbol_operand<std::remove_cvref_t<X>>)
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): X tells whether x is a temporary; a view only borrows it
[[nodiscard]] constexpr auto slice(X&& x) {
  return detail::make_slice<AxisName<1>::letter, Begin, End, X>(x);
}
template <char Letter, extent Begin, extent End, class X>
  requires operand<std::remove_cvref_t<X>> && (!detail::symbol_operand<std::remove_cvref_t<X>>)
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): X tells whether x is a temporary; a view only borrows it
[[nodiscard]] constexpr auto slice(X&& x) {
  return detail::make_slice<Letter, Begin, End, X>(x);
}

/// Tensors, views and expressions of one device and element type joined along an axis, in order, as a new tensor:
/// `concat<N>(a, b)`, or `concat<'N'>(a, b)`. All other axes are the same. Errors while compiling where they are not.
template <template <extent> class AxisName, operand X, operand... More>
  requires(!detail::symbol_operand<X>)
[[nodiscard]] auto concat(const X& first, const More&... more) {
  return detail::make_concat<AxisName<1>::letter>(first, more...);
}
template <char Letter, operand X, operand... More>
  requires(!detail::symbol_operand<X>)
[[nodiscard]] auto concat(const X& first, const More&... more) {
  return detail::make_concat<Letter>(first, more...);
}

/// A copy on another device (or the same): `copy_to<Cpu<1>>(x)`, of a tensor, a view or an expression.
template <class To, operand X>
  requires(!detail::symbol_operand<X>)
[[nodiscard]] auto copy_to(const X& x) {
  static_assert(is_device<To>, "copy_to: expects a device, such as cleave::Cpu<1>");
  static_assert(detail::no_operand_is_partial<detail::spelled<"copy_to">, X>, "copy_to: the value " CLEAVE_IS_PARTIAL);
  if constexpr (detail::eager_operand<X> && !detail::refused_operand<X> && is_device<To>) {
    using Copied = Tensor<typename X::element, typename X::shape, To>;
    if constexpr (X::shape::is_static) {
      Copied copy(uninitialized);
      detail::write_to<typename Copied::strides>(copy.data(), x);
      return copy;
    } else {
      static_assert(is_contiguous<typename X::shape, typename X::strides>,
                    "copy_to: expects elements without gaps where the leading extent is dynamic");
      Copied copy(x.rows(), uninitialized);
      detail::copy_elements(copy.data(), Copied::dtype, x.data(), Copied::dtype, x.size());
      return copy;
    }
  } else {
    return Refused{};
  }
}

/// Elements converted to another type, as a new tensor: `cast<double>(x)`. A floating number becomes an integer by
/// dropping its fraction; the nearest one where it is out of range, 0 for NaN.
template <class To, operand X>
  requires(!detail::symbol_operand<X>)
[[nodiscard]] auto cast(const X& x) {
  static_assert(detail::no_operand_is_partial<detail::spelled<"cast">, X>, "cast: the value " CLEAVE_IS_PARTIAL);
  if constexpr (detail::eager_operand<X> && !detail::refused_operand<X>) {
    using Copied = Tensor<To, typename X::shape, typename X::device>;
    const auto convert = [](Copied& copied, const auto& from) {
      detail::copy_elements(copied.data(), Copied::dtype, from.data(), X::dtype, from.size());
    };
    if constexpr (detail::is_tensor<X>) {
      if constexpr (X::shape::is_static) {
        Copied copied(uninitialized);
        convert(copied, x);
        return copied;
      } else {
        Copied copied(x.rows(), uninitialized);
        convert(copied, x);
        return copied;
      }
    } else {
      Copied copied(uninitialized);
      convert(copied, to_tensor(x));
      return copied;
    }
  } else {
    return Refused{};
  }
}

} // namespace cleave
