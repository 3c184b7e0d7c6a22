// SPDX-License-Identifier: Apache-2.0
// How compile-time errors say names. Compilers print class-type template arguments as numbers, but packs of
// characters as letters, so every name that may appear in a message becomes a `text<'r', 'e', 'l', 'u'>`.
#pragma once

#include <cleave/base/fixed_string.hpp>

#include <type_traits>
#include <utility>

namespace cleave {

/// A name in an error message.
template <char... Letters>
struct text {}; // NOLINT(readability-identifier-naming): reads as prose in messages

namespace detail {

template <FixedString S, std::size_t... At>
text<S[At]...> spell(std::index_sequence<At...>);

/// `spelled<"relu">` is `text<'r', 'e', 'l', 'u'>`.
template <FixedString S>
using spelled = decltype(spell<S>(std::make_index_sequence<S.size()>{}));

} // namespace detail
} // namespace cleave
