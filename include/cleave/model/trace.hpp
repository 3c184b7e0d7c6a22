// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/model/dropout.hpp>
#include <cleave/model/heads.hpp>

namespace cleave {

/// Several outputs of a model, in order.
template <class... S>
struct Outputs {
  static constexpr int count = sizeof...(S);
  Id ids[sizeof...(S)];
};

namespace detail {
template <class X>
concept symbol_to_return = is_model_symbol<X>;
} // namespace detail

/// `return cleave::outputs(a, b);`
template <class... S>
constexpr auto outputs(const S&... symbols) {
  constexpr bool refused_before = (detail::refused_operand<S> || ...);
  static_assert(sizeof...(S) > 0, "outputs: a model returns at least one symbol");
  static_assert(refused_before || (detail::symbol_to_return<S> && ...), "outputs: a model returns symbols");
  if constexpr (sizeof...(S) > 0 && (is_model_symbol<S> && ...)) {
    return Outputs<S...>{{symbols.id...}};
  } else {
    return Refused{};
  }
}

namespace detail {

/// The shapes of a model's outputs.
template <class Returned>
struct output_shapes;
template <class T, class S>
struct output_shapes<Symbol<T, S>> {
  static constexpr int count = 1;
  template <int>
  using at = Symbol<T, S>;
};
template <int At, class... T>
struct pick;
template <int At, class First, class... Rest>
struct pick<At, First, Rest...> {
  using type = typename pick<At - 1, Rest...>::type;
};
template <class First, class... Rest>
struct pick<0, First, Rest...> {
  using type = First;
};
template <class... S>
struct output_shapes<Outputs<S...>> {
  static constexpr int count = sizeof...(S);
  template <int At>
  using at = typename pick<At, S...>::type;
};

template <class T, class S>
constexpr void list_outputs(Builder& builder, const Symbol<T, S>& symbol) {
  builder.output(symbol.id);
}
template <class... S>
constexpr void list_outputs(Builder& builder, const Outputs<S...>& symbols) {
  for (const Id id : symbols.ids) {
    builder.output(id);
  }
}

} // namespace detail
} // namespace cleave
