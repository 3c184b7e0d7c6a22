// SPDX-License-Identifier: Apache-2.0
// The edge where a Fault becomes the one error message of a compilation.
#pragma once

#include <cleave/base/diagnose.hpp>
#include <cleave/graph/fault.hpp>
#include <cleave/shape/shape.hpp>

namespace cleave::detail {

/// The axis a fault names; '\0' where it names none.
template <char Letter>
struct axis {}; // NOLINT(readability-identifier-naming): reads as prose in messages

/// A fault spelled as types that every compiler prints: the operation, the name in the user's program, the axis and
/// both sides.
template <Rule Broken, class Op, class Name, class Axis, class Left, class Right>
struct found {}; // NOLINT(readability-identifier-naming): reads as prose in messages

template <class Holder>
struct LiftFault {
  template <std::size_t... At>
  static text<Holder::fault.op[At]...> spell_op(std::index_sequence<At...>);
  template <std::size_t... At>
  static text<Holder::fault.name[At]...> spell_name(std::index_sequence<At...>);
  template <std::size_t... At>
  static Shape<Axis<Holder::fault.left.letters[At], Holder::fault.left.extents[At]>...>
      left(std::index_sequence<At...>);
  template <std::size_t... At>
  static Shape<Axis<Holder::fault.right.letters[At], Holder::fault.right.extents[At]>...>
      right(std::index_sequence<At...>);

  using type =
      found<Holder::fault.rule, decltype(spell_op(std::make_index_sequence<text_length(Holder::fault.op)>{})),
            decltype(spell_name(std::make_index_sequence<text_length(Holder::fault.name)>{})), axis<Holder::fault.axis>,
            decltype(left(std::make_index_sequence<static_cast<std::size_t>(Holder::fault.left.rank)>{})),
            decltype(right(std::make_index_sequence<static_cast<std::size_t>(Holder::fault.right.rank)>{}))>;
};

/// Whether a program keeps a rule; false for the one it breaks. Stands in a static_assert beside the rule's sentence,
/// directly in the class that users instantiate, so that their line is near the top of the message.
template <Rule Asked, class Found>
inline constexpr bool keeps = true;
template <Rule Asked, class Op, class Name, class Axis, class Left, class Right>
inline constexpr bool keeps<Asked, found<Asked, Op, Name, Axis, Left, Right>> = false;

} // namespace cleave::detail
