// SPDX-License-Identifier: Apache-2.0
// Layouts: the letters of a shape's axes in order, "NCHW".
#pragma once

#include <cleave/base/refuse.hpp>
#include <cleave/shape/shape.hpp>

namespace cleave {
namespace detail {

constexpr bool are_capitals(const char* layout) {
  for (; *layout != '\0'; ++layout) {
    if (*layout < 'A' || *layout > 'Z') {
      return false;
    }
  }
  return true;
}

constexpr bool has_no_letter_twice(const char* layout) {
  for (; *layout != '\0'; ++layout) {
    for (const char* later = layout + 1; *later != '\0'; ++later) {
      if (*later == *layout) {
        return false;
      }
    }
  }
  return true;
}

enum class LayoutMisuse : unsigned char { none, capitals, repetition, count };

constexpr LayoutMisuse judge_layout(const char* layout, std::size_t letters, std::size_t extents) {
  if (!are_capitals(layout)) {
    return LayoutMisuse::capitals;
  }
  if (!has_no_letter_twice(layout)) {
    return LayoutMisuse::repetition;
  }
  return letters != extents ? LayoutMisuse::count : LayoutMisuse::none;
}

template <FixedString Layout, extent... Extents>
inline constexpr LayoutMisuse layout_misuse = judge_layout(Layout.data(), decltype(Layout)::size(), sizeof...(Extents));

// Read as the rules they state; `Layout` is a text.
template <class Layout, LayoutMisuse Found>
concept layout_of_capitals = Found != LayoutMisuse::capitals;
template <class Layout, LayoutMisuse Found>
concept layout_without_repetition = Found != LayoutMisuse::repetition;
template <class Layout, std::size_t Letters, std::size_t Extents>
concept one_extent_a_letter = Letters == Extents;

#define CLEAVE_SAYS_CAPITALS "shape_of: the letters of a layout are capitals, A to Z, as in \"NCHW\""
#define CLEAVE_SAYS_REPETITION "shape_of: a layout has no letter twice; give one of the axes another letter"
#define CLEAVE_SAYS_COUNT "shape_of: expects as many extents as the layout has letters"

template <FixedString Layout, extent... Extents, std::size_t... At>
constexpr auto spell_shape(std::index_sequence<At...> /*axes*/) {
  return Shape<Axis<Layout[At], Extents>...>{};
}

// `Name` spells the layout for messages.
// clang-format off: attributes of one function, one a line
template <FixedString Layout, class Name, extent... Extents>
CLEAVE_REFUSES_IF(CLEAVE_SAYS_CAPITALS, layout_misuse<Layout, Extents...> == LayoutMisuse::capitals)
CLEAVE_REFUSES_IF(CLEAVE_SAYS_REPETITION, layout_misuse<Layout, Extents...> == LayoutMisuse::repetition)
CLEAVE_REFUSES_IF(CLEAVE_SAYS_COUNT, layout_misuse<Layout, Extents...> == LayoutMisuse::count)
constexpr auto make_shape() {
  // clang-format on
  constexpr LayoutMisuse misuse = layout_misuse<Layout, Extents...>;
  if constexpr (misuse == LayoutMisuse::capitals) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_CAPITALS, layout_of_capitals<Name, misuse>);
  } else if constexpr (misuse == LayoutMisuse::repetition) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_REPETITION, layout_without_repetition<Name, misuse>);
  } else if constexpr (misuse == LayoutMisuse::count) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_COUNT, one_extent_a_letter<Name, Layout.size(), sizeof...(Extents)>);
  }
  if constexpr (misuse == LayoutMisuse::none) {
    return spell_shape<Layout, Extents...>(std::make_index_sequence<sizeof...(Extents)>{});
  } else {
    return Shape<>{};
  }
}

#undef CLEAVE_SAYS_CAPITALS
#undef CLEAVE_SAYS_REPETITION
#undef CLEAVE_SAYS_COUNT

template <class S>
constexpr auto letters_of() {
  char letters[S::rank + 1]{};
  for (int i = 0; i < S::rank; ++i) {
    letters[i] = S::dims.letters[i];
  }
  return FixedString<static_cast<std::size_t>(S::rank) + 1>(letters);
}

} // namespace detail

/// The letters of a shape: `layout_v<Shape<N<2>, C<3>>>` is "NC", a FixedString.
template <class S>
inline constexpr auto layout_v = detail::letters_of<S>();

/// The shape of a layout and extents: `shape_of<"NC", 2, 3>` is `Shape<N<2>, C<3>>`.
/// Errors while compiling: letters that are not A to Z or come twice; another number of extents than letters.
template <FixedString Layout, extent... Extents>
using shape_of = decltype(detail::make_shape<Layout, detail::spelled<Layout>, Extents...>());

/// Position of the batch axis N in a layout, or -1.
constexpr int batch_axis_of(const char* layout) {
  for (int i = 0; layout[i] != '\0'; ++i) {
    if (layout[i] == batch_axis) {
      return i;
    }
  }
  return -1;
}
template <std::size_t Size>
constexpr int batch_axis_of(const FixedString<Size>& layout) {
  return batch_axis_of(layout.data());
}

} // namespace cleave
