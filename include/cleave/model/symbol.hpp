// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/diagnose.hpp>
#include <cleave/ops/call.hpp>
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
  constexpr Symbol(Value value)
      : builder(value.builder), id(value.id) {} // NOLINT(google-explicit-constructor,hicpp-explicit-conversions)
  [[nodiscard]] constexpr Value value() const { return {builder, id}; }
  /// A value of the same graph and element type that is known to have the shape `To`.
  template <class To>
  [[nodiscard]] constexpr Symbol<T, To> retyped(Value value) const {
    return value;
  }

  /// Itself, in place of a result that was refused in words: the program is not looked at any further.
  [[nodiscard]] constexpr Symbol refused() const {
    builder->report({Rule::reported});
    return *this;
  }

  /// Appends the elementwise `Op` on symbols and numbers; one operand's axes must be found in the other, by name.
  template <class Op, class... X>
  static constexpr auto apply(const X&... x);

  /// Appends `Op` on symbols; `C` has judged the call and knows the result's type.
  template <class Op, class C, class... X>
  [[nodiscard]] constexpr auto call(const Attributes& attributes, const X&... x) const {
    const Id operands[] = {x.id...};
    return Symbol<typename C::element, typename C::shape>(
        builder->apply(&rule<Op>, attributes, operands, static_cast<int>(sizeof...(X))));
  }
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

/// The shape of an elementwise result, folded over the operands' shapes; `fits` is false where two of them do not.
template <class Op, class A, class... Rest>
struct JoinShapes {
  using type = A;
  static constexpr bool fits = true;
};
template <class Op, class A, class B, class... Rest>
struct JoinShapes<Op, A, B, Rest...> {
  static constexpr bool first_fits = broadcast_fits<A, B>;
  using Joined = std::conditional_t<first_fits, broadcast_t<A, B>, A>;
  using type = typename JoinShapes<Op, Joined, Rest...>::type;
  static constexpr bool fits = first_fits && JoinShapes<Op, Joined, Rest...>::fits;
};

template <class T, class X>
concept symbol_or_number_of = !is_model_symbol<X> || std::is_same_v<typename X::element, T>;

/// The builder of the first symbol among operands.
template <class X, class... Rest>
constexpr Builder* builder_of(const X& x, const Rest&... rest) {
  if constexpr (is_model_symbol<X>) {
    return x.builder;
  } else {
    return builder_of(rest...);
  }
}

template <class Op, class... Shapes>
concept operands_fit_by_name_in_order = JoinShapes<Op, Shapes...>::fits;

} // namespace detail

template <class T, class S>
template <class Op, class... X>
constexpr auto Symbol<T, S>::apply(const X&... x) {
  using Join = detail::JoinShapes<Op, typename detail::symbol_shape<X>::type...>;
  constexpr bool types_agree = (detail::symbol_or_number_of<T, X> && ...);
  static_assert(types_agree, "elementwise operation: all operands must have the same element type");
  static_assert(
      detail::operands_fit_by_name_in_order<detail::spelled<Op::name>, typename detail::symbol_shape<X>::type...>,
      "elementwise operation: the axes of one operand must be found in the other, by name, in order and with "
      "equal extents");
  if constexpr (types_agree && Join::fits) {
    return Symbol<T, typename Join::type>(Value::apply<Op>(x...));
  } else {
    detail::builder_of(x...)->report({Rule::reported});
    return Symbol<T, typename Join::type>(detail::builder_of(x...), 0);
  }
}

} // namespace cleave
