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

// Named rules for messages; `Layout` is a text.
template <class Layout, bool Holds>
concept layout_of_capitals = Holds;
template <class Layout, bool Holds>
concept layout_without_repetition = Holds;
template <class Layout, std::size_t Letters, std::size_t Extents>
concept one_extent_a_letter = Letters == Extents;

template <FixedString Layout, extent... Extents, std::size_t... At>
constexpr auto spell_shape(std::index_sequence<At...> /*axes*/) {
  return Shape<Axis<Layout[At], Extents>...>{};
}

#define CLEAVE_RULES(RULE)                                                                                             \
  RULE("shape_of: the letters of a layout are capitals, A to Z, as in \"NCHW\"",                                       \
       layout_of_capitals<Name, are_capitals(Layout.data())>)                                                          \
  RULE("shape_of: a layout has no letter twice; give one of the axes another letter",                                  \
       layout_without_repetition<Name, has_no_letter_twice(Layout.data())>)                                            \
  RULE("shape_of: expects as many extents as the layout has letters",                                                  \
       one_extent_a_letter<Name, Layout.size(), sizeof...(Extents)>)
template <class Name, FixedString Layout, extent... Extents, bool Known = false>
constexpr bool layout_is_right() {
  return !Known CLEAVE_RULES(CLEAVE_CONJUNCT);
}
/// `Name` spells the layout for messages.
template <FixedString Layout, class Name, extent... Extents, bool Known = false>
CLEAVE_RULES(CLEAVE_REFUSAL)
constexpr auto make_shape() {
  CLEAVE_RULES(CLEAVE_ASSERTION) {}
  if constexpr (layout_is_right<Name, Layout, Extents...>()) {
    return spell_shape<Layout, Extents...>(std::make_index_sequence<sizeof...(Extents)>{});
  } else {
    return Shape<>{};
  }
}
#undef CLEAVE_RULES

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
