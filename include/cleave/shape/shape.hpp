// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/shape/dims.hpp>

#include <type_traits>

namespace cleave {
namespace detail {

template <class... Axes>
constexpr bool letters_differ() {
  constexpr char letters[] = {Axes::letter..., '\0'};
  const int count = sizeof...(Axes);
  for (int i = 0; i < count; ++i) {
    for (int j = i + 1; j < count; ++j) {
      if (letters[i] == letters[j]) {
        return false;
      }
    }
  }
  return true;
}

template <class... Axes>
constexpr Dims make_dims() {
  Dims dims;
  (dims.push_back(Axes::letter, Axes::size), ...);
  return dims;
}

/// The product of the extents that are known, 2^63 - 1 where it is larger.
template <class... Axes>
constexpr extent count_elements() {
  extent count = 1; // NOLINT(misc-const-correctness): an empty pack leaves it alone
  ((count = times(count, Axes::size > 0 ? Axes::size : 1)), ...);
  return count;
}

template <class... Axes>
concept elements_are_countable = count_elements<Axes...>() < uncountable;

/// `Op` is a text; `S` the shape that was given.
template <class Op, char Letter, class S>
concept axis_is_present = S::dims.has(Letter);
template <class Op, char Letter, class S>
concept axis_is_static = S::dims.extent_of(Letter) != dynamic;

} // namespace detail

/// An ordered list of named axes; row-major, the last axis is the fastest. `Shape<>` is a scalar.
template <class... Axes>
struct Shape {
  static_assert(sizeof...(Axes) <= max_rank, "Shape: a shape has at most 6 axes");
  static constexpr int rank = sizeof...(Axes);
  static constexpr Dims dims = detail::make_dims<Axes...>();
  static constexpr bool is_static = ((Axes::size > 0) && ...);
  /// Number of elements; meaningful when every extent is known while compiling.
  static constexpr extent size = is_static ? detail::count_elements<Axes...>() : dynamic;

  // Last, because clang forgets the members behind an assertion that has failed.
  static_assert(detail::letters_differ<Axes...>(),
                "Shape: a shape has no letter twice; give one of the axes another letter with rename");
  static_assert(detail::elements_are_countable<Axes...>,
                "Shape: the product of the extents is more than 2^63 - 1; no machine can count such elements");
};

template <class S>
inline constexpr bool is_shape = false;
template <class... Axes>
inline constexpr bool is_shape<Shape<Axes...>> = true;

/// Whether a shape has an axis of that letter.
template <char Letter, class S>
inline constexpr bool has_axis = S::dims.has(Letter);

/// Elements along an axis of a shape; 1 where it is absent.
template <char Letter, class S>
inline constexpr extent extent_along = S::dims.extent_of(Letter);

namespace detail {

template <class A>
inline constexpr bool is_axis = false;
template <char Letter, extent Size>
inline constexpr bool is_axis<Axis<Letter, Size>> = true;

// Named rules for messages; `Op` is a text.
template <class Op, class... To>
concept only_axes = (is_axis<To> && ...);
template <class Op, class... To>
concept axes_make_a_shape = sizeof...(To) <= max_rank && letters_differ<To...>();

template <class S, char Letter, class To>
struct replace_axis;
template <class... Axes, char Letter, class To>
struct replace_axis<Shape<Axes...>, Letter, To> {
  using type = Shape<std::conditional_t<Axes::letter == Letter, To, Axes>...>;
};

template <class Done, char Letter, class S>
struct remove_axis;
template <class... Done, char Letter>
struct remove_axis<Shape<Done...>, Letter, Shape<>> {
  using type = Shape<Done...>;
};
template <class... Done, char Letter, class First, class... Rest>
struct remove_axis<Shape<Done...>, Letter, Shape<First, Rest...>>
    : remove_axis<std::conditional_t<First::letter == Letter, Shape<Done...>, Shape<Done..., First>>, Letter,
                  Shape<Rest...>> {};

} // namespace detail

/// The shape with the axis `Letter` replaced by `To`.
template <class S, char Letter, class To>
using replace_axis_t = typename detail::replace_axis<S, Letter, To>::type;

/// The shape without the axis `Letter`.
template <class S, char Letter>
using remove_axis_t = typename detail::remove_axis<Shape<>, Letter, S>::type;

/// The shape with `count` rows along the batch axis (unchanged where it has none).
template <class S, extent Count>
using with_batch_t = replace_axis_t<S, batch_axis, Axis<batch_axis, Count>>;

} // namespace cleave
