// SPDX-License-Identifier: Apache-2.0
// Joining shapes along an axis.
#pragma once

#include <cleave/base/refuse.hpp>
#include <cleave/shape/shape.hpp>

namespace cleave {
namespace detail {

/// Extents of two pieces along an axis other than the joined one; 0: the axis is not there, or not at that place.
template <class Op, char Letter, extent First, extent Other>
concept extents_are_equal = First == Other;

/// The first axis that keeps two shapes from being joined along another.
struct AxisMisfit {
  char letter = '\0'; ///< '\0': none
  extent first = 0;
  extent other = 0;
};

constexpr AxisMisfit concat_misfit(const Dims& first, const Dims& other, char along) {
  for (int i = 0; i < max_rank; ++i) {
    const char here = i < first.rank ? first.letters[i] : '\0';
    const char there = i < other.rank ? other.letters[i] : '\0';
    if (here == there && (here == along || here == '\0' || first.extents[i] == other.extents[i])) {
      continue;
    }
    if (here == there) {
      return {here, first.extents[i], other.extents[i]};
    }
    return here != '\0' ? AxisMisfit{here, first.extents[i], 0} : AxisMisfit{there, 0, other.extents[i]};
  }
  return {};
}

template <class... S>
constexpr AxisMisfit first_concat_misfit(char along) {
  const Dims dims[] = {S::dims...};
  for (const Dims& other : dims) {
    const AxisMisfit misfit = concat_misfit(dims[0], other, along);
    if (misfit.letter != '\0') {
      return misfit;
    }
  }
  return {};
}

template <class First, class... Rest>
struct first_type {
  using type = First;
};

// For callers that have checked.
template <char Letter, class... S>
using joined_t =
    replace_axis_t<typename first_type<S...>::type, Letter, Axis<Letter, (S::dims.extent_of(Letter) + ...)>>;

template <char Letter, class... S>
inline constexpr AxisMisfit misfit_of = first_concat_misfit<S...>(Letter);

template <class Op, char Letter, class... S>
concept all_have_the_axis = (S::dims.has(Letter) && ...);

#define CLEAVE_RULES(RULE)                                                                                             \
  RULE("concat_shape: a shape has no axis of that letter", all_have_the_axis<void, Letter, S...>)                      \
  RULE("concat_shape: all axes but the joined one must be the same in all shapes, in the same order and with equal "   \
       "extents",                                                                                                      \
       extents_are_equal<void, Misfit, First, Other>)
// The last arguments are for messages.
template <char Letter, class... S, char Misfit = misfit_of<Letter, S...>.letter,
          extent First = misfit_of<Letter, S...>.first, extent Other = misfit_of<Letter, S...>.other,
          bool Known = false>
CLEAVE_RULES(CLEAVE_REFUSAL)
constexpr auto make_concat_shape(const S*... /*shapes*/) {
  CLEAVE_RULES(CLEAVE_ASSERTION) {}
  return joined_t<Letter, S...>{};
}
#undef CLEAVE_RULES

} // namespace detail

/// The shape of pieces joined along an axis. Errors while compiling: axis absent, other axes not the same.
template <char Letter, class... S>
using concat_shape = decltype(detail::make_concat_shape<Letter>(static_cast<const S*>(nullptr)...));

} // namespace cleave
