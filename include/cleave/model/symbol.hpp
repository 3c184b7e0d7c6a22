// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/diagnose.hpp>
#include <cleave/ops/elementwise.hpp>
#include <cleave/shape/broadcast.hpp>

namespace cleave {

/// A value inside a model that is being traced: a typed handle of a graph node. Shapes are checked here, at the line
/// that uses it; the graph underneath holds plain numbers.
template <class T, class S>
struct Symbol {
  using cleave_operand = Symbol;
  using element = T;
  using shape = S;
  static constexpr bool is_symbol = true;

  Builder* builder = nullptr;
  Id id = no_id;

  constexpr Symbol(Builder* graph, Id node) : builder(graph), id(node) {}
  constexpr Symbol(Value value) : builder(value.builder), id(value.id) {} // NOLINT(google-explicit-constructor,hicpp-explicit-conversions)
  [[nodiscard]] constexpr Value value() const { return {builder, id}; }

  /// Appends the elementwise `Op` on symbols and numbers; one operand's axes must be found in the other, by name.
  template <class Op, class... X>
  static constexpr auto apply(const X&... x);
};

template <class X>
inline constexpr bool is_model_symbol = false;
template <class T, class S>
inline constexpr bool is_model_symbol<Symbol<T, S>> = true;

namespace detail {

template <class X>
struct symbol_shape {
  using type = Shape<>;
};
template <class T, class S>
struct symbol_shape<Symbol<T, S>> {
  using type = S;
};

/// Folds the shapes of an elementwise operation's operands, checking each step.
template <class Op, class A, class B>
constexpr auto join_shapes() {
  constexpr bool fits = broadcast_fits<A, B>;
  static_assert(operands_fit_by_name<spelled<Op::name>, A, B>,
                "elementwise operation: the axes of one operand must be found in the other, by name, in order and with "
                "equal extents");
  if constexpr (fits) {
    return broadcast_t<A, B>{};
  } else {
    return A{};
  }
}

template <class Op, class A, class B = Shape<>, class... Rest>
constexpr auto join_all() {
  using Both = decltype(join_shapes<Op, A, B>());
  if constexpr (sizeof...(Rest) == 0) {
    return Both{};
  } else {
    return join_all<Op, Both, Rest...>();
  }
}

template <class T, class X>
concept symbol_or_number_of = !is_model_symbol<X> || std::is_same_v<typename X::element, T>;

} // namespace detail

template <class T, class S>
template <class Op, class... X>
constexpr auto Symbol<T, S>::apply(const X&... x) {
  static_assert((detail::symbol_or_number_of<T, X> && ...),
                "elementwise operation: all operands must have the same element type; convert one with cast");
  using Joined = decltype(detail::join_all<Op, typename detail::symbol_shape<X>::type...>());
  return Symbol<T, Joined>(Value::apply<Op>(x...));
}

} // namespace cleave
