// SPDX-License-Identifier: Apache-2.0
// Joining pieces along an axis they have (concat) or along a new one (stack).
#pragma once

#include <cleave/shape/concat.hpp>
#include <cleave/tensor/look.hpp>
#include <cleave/tensor/rename.hpp>

namespace cleave {
namespace detail {

// Named rules for messages; `Op` is a text.
template <class Op, class... X>
concept all_have_elements = (eager_operand<X> && ...);
template <class Op, class... S>
concept all_shapes_are_equal = (std::is_same_v<typename first_type<S...>::type, S> && ...);

/// Facts about pieces that are to become one tensor.
template <class... X>
struct Pieces {
  using device = Agreement<typename facts<X>::device...>;
  using element = Agreement<typename facts<X>::element...>;
  using first_shape = typename facts<typename first_type<X...>::type>::shape;
};

// Expects the names Piece (a pack) and All (their Pieces).
#define CLEAVE_RULES_OF_PIECES(RULE, op)                                                                               \
  RULE(op ": a piece " CLEAVE_IS_PARTIAL, no_operand_is_partial<void, Piece...>)                                       \
  RULE(op ": expects tensors, views or expressions", all_have_elements<void, Piece...>)                                \
  RULE(op ": the pieces are on different devices; bring them to one with copy_to",                                     \
       devices_are_equal<void, typename All::device::left, typename All::device::right>)                               \
  RULE(op ": the pieces have different element types; convert them with cast",                                         \
       element_types_are_equal<void, typename All::element::left, typename All::element::right>)                       \
  RULE(op ": a piece has a dynamic extent; take a part of static size with slice first",                               \
       no_extent_is_dynamic<void, Piece...>)
// Expects the names Letter, Misfit, First and Other, too.
#define CLEAVE_RULES_OF_CONCAT(RULE, op)                                                                               \
  CLEAVE_RULES_OF_PIECES(RULE, op)                                                                                     \
  RULE(op ": a piece has no axis of that letter", all_have_the_axis<void, Letter, typename facts<Piece>::shape...>)    \
  RULE(op ": all axes but the joined one must be the same in all pieces, in the same order and with equal extents",    \
       extents_are_equal<void, Misfit, First, Other>)

#define CLEAVE_RULES(RULE) CLEAVE_RULES_OF_CONCAT(RULE, "concat")
CLEAVE_JUDGE(concat, CLEAVE_RULES, char Letter, class... Piece, class All = Pieces<Piece...>,
             char Misfit = misfit_of<Letter, typename facts<Piece>::shape...>.letter,
             extent First = misfit_of<Letter, typename facts<Piece>::shape...>.first,
             extent Other = misfit_of<Letter, typename facts<Piece>::shape...>.other,
             bool Known = (refused_operand<Piece> || ...))
#undef CLEAVE_RULES

template <char Letter, class... Piece>
constexpr auto joined_shape() {
  if constexpr (concat_is_right<Letter, Piece...>()) {
    return joined_t<Letter, typename facts<Piece>::shape...>{};
  } else {
    return Shape<>{};
  }
}

#define CLEAVE_RULES(RULE)                                                                                             \
  CLEAVE_RULES_OF_VIEWS(RULE, "concat_into")                                                                           \
  CLEAVE_RULES_OF_CONCAT(RULE, "concat_into")                                                                          \
  RULE("concat_into: the destination is on another device than the pieces; bring them to it with copy_to",             \
       devices_are_equal<void, typename Source::device, typename All::device::left>)                                   \
  RULE("concat_into: the destination has another element type than the pieces; convert them with cast",                \
       element_types_are_equal<void, typename Source::element, typename All::element::left>)                           \
  RULE("concat_into: the destination's shape must be that of the joined pieces",                                       \
       shapes_are_equal<void, typename Source::shape, Joined>)                                                         \
  RULE("concat_into: the destination only reads; take it from a tensor that is not const", writes_elements<void, X>)
template <class Op, class X>
concept writes_elements = !std::is_const_v<std::remove_pointer_t<decltype(std::declval<X&>().data())>>;
CLEAVE_JUDGE(concat_into, CLEAVE_RULES, char Letter, class X, class... Piece, class All = Pieces<Piece...>,
             class Source = std::remove_cvref_t<X>,
             char Misfit = misfit_of<Letter, typename facts<Piece>::shape...>.letter,
             extent First = misfit_of<Letter, typename facts<Piece>::shape...>.first,
             extent Other = misfit_of<Letter, typename facts<Piece>::shape...>.other,
             class Joined = decltype(joined_shape<Letter, Piece...>()),
             bool Known = refused_operand<Source> || (refused_operand<Piece> || ...))
#undef CLEAVE_RULES

template <char Letter, class... Piece>
auto make_concat(const Piece&... pieces) {
  using Joined = Tensor<typename Pieces<Piece...>::element::left, joined_t<Letter, typename Piece::shape...>,
                        typename Pieces<Piece...>::device::left>;
  using St = typename Joined::strides;
  Joined joined(uninitialized);
  auto* to = joined.data();
  ((write_to<St>(to, pieces), to += Piece::dims.extent_of(Letter) * St::values[Joined::dims.index_of(Letter)]), ...);
  return joined;
}

/// A piece that reads what other pieces overwrite, evaluated before anything is written.
template <class X>
class Aside {
public:
  using T = typename X::element;
  using S = typename X::shape;

  /// Evaluates the piece where it `is_needed`.
  Aside(const X& x, bool is_needed) : is_needed_(is_needed) {
    if (is_needed) {
      values_ = Arena(static_cast<std::size_t>(S::size) * sizeof(T), uninitialized);
      write_to<row_major_t<S>>(reinterpret_cast<T*>(values_.data()), x);
    }
  }
  /// Writes the piece at strides St.
  template <class St>
  void write(T* to, const X& x) const {
    if (is_needed_) {
      write_to<St>(to, View<const T, S, typename X::device>(reinterpret_cast<const T*>(values_.data())));
    } else {
      write_to<St>(to, x);
    }
  }

private:
  bool is_needed_;
  Arena values_;
};

template <char Letter, class To, class... Piece, int... At>
void write_concat(const To& to, std::integer_sequence<int, At...> /*pieces*/, const Piece&... pieces) {
  using St = typename To::strides;
  using S = typename To::shape;
  constexpr extent stride = St::values[S::dims.index_of(Letter)];
  auto* const whole = to.data();
  extent begins[sizeof...(Piece)];
  extent end = 0;
  ((begins[At] = end, end += Piece::dims.extent_of(Letter) * stride), ...);
  const HeldList<std::integer_sequence<int, At...>, Aside<Piece>...> aside{
      {Aside<Piece>(pieces, reads_ahead<St, S, St>(whole + begins[At], whole, pieces))}...};
  (leaf_at<At>(aside).template write<St>(whole + begins[At], pieces), ...);
}

#define CLEAVE_RULES(RULE)                                                                                             \
  CLEAVE_RULES_OF_PIECES(RULE, "stack")                                                                                \
  RULE("stack: the pieces have an axis of that letter already; join them along it with concat",                        \
       axis_is_absent<void, Letter, typename All::first_shape>)                                                        \
  RULE("stack: all pieces must have the same shape", all_shapes_are_equal<void, typename facts<Piece>::shape...>)      \
  RULE("stack: a shape has at most 6 axes", one_more_axis_fits<void, typename All::first_shape>)
CLEAVE_JUDGE(stack, CLEAVE_RULES, char Letter, class... Piece, class All = Pieces<Piece...>,
             bool Known = (refused_operand<Piece> || ...))
#undef CLEAVE_RULES

template <class A, class S>
struct prepend_axis;
template <class A, class... Axes>
struct prepend_axis<A, Shape<Axes...>> {
  using type = Shape<A, Axes...>;
};

} // namespace detail

/// Tensors, views and expressions of one device and element type joined along an axis, in order, as a new tensor:
/// `concat<N>(a, b)`, or `concat<'N'>(a, b)`. All other axes are the same. Errors while compiling where they are not.
template <template <extent> class AxisName, operand X, operand... More>
  requires(!detail::symbol_operand<X>)
[[nodiscard]] auto concat(const X& first, const More&... more) {
  detail::expect_concat<AxisName<1>::letter, X, More...>();
  if constexpr (detail::concat_is_right<AxisName<1>::letter, X, More...>()) {
    return detail::make_concat<AxisName<1>::letter>(first, more...);
  } else {
    return Refused{};
  }
}
template <char Letter, operand X, operand... More>
  requires(!detail::symbol_operand<X>)
[[nodiscard]] auto concat(const X& first, const More&... more) {
  detail::expect_concat<Letter, X, More...>();
  if constexpr (detail::concat_is_right<Letter, X, More...>()) {
    return detail::make_concat<Letter>(first, more...);
  } else {
    return Refused{};
  }
}

/// Writes the pieces, joined along an axis, into a tensor or view of the joined shape: `concat_into<N>(to, a, b)`.
/// Right also where pieces are, or read, parts of the destination. Errors: as `concat`, and another shape, element type
/// or device of the destination, while compiling; throws Error when there is no memory for a piece that must be
/// evaluated aside, before anything is written.
template <template <extent> class AxisName, detail::viewable To, operand X, operand... More>
  requires(!detail::symbol_operand<X>)
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): To tells whether `to` is a temporary; it is only borrowed
void concat_into(To&& to, const X& first, const More&... more) {
  detail::expect_concat_into<AxisName<1>::letter, To, X, More...>();
  if constexpr (detail::concat_into_is_right<AxisName<1>::letter, To, X, More...>()) {
    const View<typename std::remove_cvref_t<To>::element, typename std::remove_cvref_t<To>::shape,
               typename std::remove_cvref_t<To>::device, typename std::remove_cvref_t<To>::strides>
        view(to.data());
    detail::write_concat<AxisName<1>::letter>(view, std::make_integer_sequence<int, 1 + sizeof...(More)>{}, first,
                                              more...);
  }
}

/// Tensors, views and expressions of one shape joined along a new leading axis, in order, as a new tensor:
/// `stack<T>(a, b)`. Errors while compiling: axis present, shapes, devices or element types that differ, more than 6
/// axes.
template <template <extent> class AxisName, operand X, operand... More>
  requires(!detail::symbol_operand<X>)
[[nodiscard]] auto stack(const X& first, const More&... more) {
  constexpr char letter = AxisName<1>::letter;
  detail::expect_stack<letter, X, More...>();
  if constexpr (detail::stack_is_right<letter, X, More...>()) {
    using S = typename X::shape;
    using Joined =
        Tensor<typename X::element,
               typename detail::prepend_axis<Axis<letter, 1 + static_cast<extent>(sizeof...(More))>, S>::type,
               typename X::device>;
    Joined joined(uninitialized);
    auto* to = joined.data();
    detail::write_to<row_major_t<S>>(to, first);
    ((to += S::size, detail::write_to<row_major_t<S>>(to, more)), ...);
    return joined;
  } else {
    return Refused{};
  }
}

} // namespace cleave
