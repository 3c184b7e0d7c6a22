// SPDX-License-Identifier: Apache-2.0
// The one entry of every elementwise operation: `apply<Relu>(x)`. It checks the operands, at the line that uses the
// operation, and hands them on: to the graph where they are symbols of a model, else into a lazy expression.
#pragma once

#include <cleave/base/refuse.hpp>
#include <cleave/shape/broadcast.hpp>
#include <cleave/tensor/expression.hpp>

// The rules in the order in which they are looked at; each with the Misuse it finds. `Judged` is Operands<Op, X...>.
#define CLEAVE_RULES(RULE)                                                                                             \
  RULE(                                                                                                                \
      foreign,                                                                                                         \
      "elementwise operation: an operand is neither a tensor, a view or an expression nor a number; make a tensor of " \
      "it first, such as with from_elements",                                                                          \
      detail::all_are_operands<Name, X...>)                                                                            \
  RULE(partial, "elementwise operation: an operand " CLEAVE_IS_PARTIAL, detail::no_operand_is_partial<Name, X...>)     \
  RULE(symbol_meets_tensor,                                                                                            \
       "elementwise operation: a symbol of a model meets a tensor; give the tensor to the model as an input or a "     \
       "parameter",                                                                                                    \
       detail::symbols_meet_only_symbols<Name, X...>)                                                                  \
  RULE(dynamic_extent,                                                                                                 \
       "elementwise operation: a tensor with a dynamic extent only holds data; take a part of static size with slice " \
       "first",                                                                                                        \
       detail::no_extent_is_dynamic<Name, X...>)                                                                       \
  RULE(devices,                                                                                                        \
       "elementwise operation: the operands are on different devices; bring one to the other's device with copy_to",   \
       detail::devices_are_equal<Name, typename Judged::device::left, typename Judged::device::right>)                 \
  RULE(elements, "elementwise operation: all operands must have the same element type; convert one with cast",         \
       detail::element_types_are_equal<Name, typename Judged::element::left, typename Judged::element::right>)         \
  RULE(number_is_cut,                                                                                                  \
       "elementwise operation: a number with a fraction would be cut to an integer; convert the integers with cast "   \
       "first",                                                                                                        \
       detail::no_number_is_cut<Name, typename Judged::element::left, X...>)                                           \
  RULE(integers,                                                                                                       \
       "elementwise operation: this one computes with float and double; convert the integers with cast first",         \
       detail::computes_with<Name, typename Judged::element::left>)                                                    \
  RULE(shapes,                                                                                                         \
       "elementwise operation: the axes of one operand must be found in the other, by name, in order and with equal "  \
       "extents",                                                                                                      \
       detail::operands_fit_along<Name, Axis, typename Judged::shape::left, typename Judged::shape::right>)
// For tensors alone: a graph has its own limits.
#define CLEAVE_RULE_OF_LENGTH(RULE)                                                                                    \
  RULE(length,                                                                                                         \
       "elementwise operation: an expression has at most 12 leaves and 32 operations; evaluate a part into a tensor "  \
       "first",                                                                                                        \
       detail::expression_is_short<Name, Judged::leaves, Judged::statements>)

#define CLEAVE_REFUSES_MISUSE(kind, sentence, ...)                                                                     \
  CLEAVE_REFUSES_IF(sentence, detail::misuse<Op, X...> == detail::Misuse::kind)
#define CLEAVE_ASSERTS_MISUSE(kind, sentence, ...)                                                                     \
  if constexpr (Judged::misuse == detail::Misuse::kind) {                                                              \
    CLEAVE_EXPECTS(sentence, __VA_ARGS__);                                                                             \
  } else

namespace cleave {
namespace detail {

/// What is wrong with the operands of an elementwise operation.
enum class Misuse : unsigned char {
  none,
  known_before, // an operand is itself the result of a refused operation
  foreign,
  partial,
  symbol_meets_tensor,
  dynamic_extent,
  devices,
  elements,
  number_is_cut,
  integers,
  shapes,
  length
};

// Facts of an operand; `void` or `Shape<>` where it has none, as numbers and untyped graph values.
template <class X>
struct facts {
  using element = void;
  using shape = Shape<>;
  using device = void;
  static constexpr int leaves = 1;
  static constexpr int statements = 0;
};
template <class X>
  requires(!eager_operand<X>) && requires {
    typename X::shape;
    typename X::element;
  }
struct facts<X> : facts<void> {
  using element = typename X::element;
  using shape = typename X::shape;
};
template <class X>
  requires eager_operand<X> && requires { typename X::device; }
struct facts<X> : facts<void> {
  using element = typename X::element;
  using shape = typename X::shape;
  using device = typename X::device;
};
template <class T, class S, class D, class Held, class... Statements>
struct facts<Expression<T, S, D, Held, Statements...>> {
  using element = T;
  using shape = S;
  using device = D;
  static constexpr int leaves = Held::count;
  static constexpr int statements = sizeof...(Statements);
};

/// Finds the first two facts that differ, leaving out those that are void.
template <class Known, class... Rest>
struct Agreement {
  using left = Known;
  using right = Known;
  static constexpr bool holds = true;
};
template <class Left, class Right>
struct Disagreement {
  using left = Left;
  using right = Right;
  static constexpr bool holds = false;
};
template <class Known, class Next, class... Rest>
struct Agreement<Known, Next, Rest...>
    : std::conditional_t<std::is_void_v<Known>, Agreement<Next, Rest...>,
                         std::conditional_t<std::is_void_v<Next> || std::is_same_v<Known, Next>,
                                            Agreement<Known, Rest...>, Disagreement<Known, Next>>> {};

/// Joins shapes by name, up to the first that does not fit.
template <class Joined, class... Rest>
struct JoinedShape : Agreement<Joined> {};
template <class Joined, class Next, class... Rest>
struct JoinedShape<Joined, Next, Rest...>
    : std::conditional_t<broadcast_fits<Joined, Next>, JoinedShape<broadcast_t<Joined, Next>, Rest...>,
                         Disagreement<Joined, Next>> {};

template <class Op, class... X>
struct Operands {
  using element = Agreement<typename facts<X>::element...>;
  using device = Agreement<typename facts<X>::device...>;
  using shape = JoinedShape<typename facts<X>::shape...>;
  static constexpr bool is_symbolic = (symbol_operand<X> || ...);
  static constexpr bool cuts_number =
      std::is_integral_v<typename element::left> && (std::is_floating_point_v<X> || ...);
  /// Integers given to an operation that has no meaning for them.
  static constexpr bool has_wrong_integers = std::is_integral_v<typename element::left> && !Op::takes_integers;
  static constexpr int leaves = (facts<X>::leaves + ...);
  static constexpr int statements = 1 + (facts<X>::statements + ...);

  static constexpr Misuse judge() {
    if ((refused_operand<X> || ...)) {
      return Misuse::known_before;
    }
    if (!((operand<X> || number<X>) && ...)) {
      return Misuse::foreign;
    }
    if ((partial_operand<X> || ...)) {
      return Misuse::partial;
    }
    if (is_symbolic && (eager_operand<X> || ...)) {
      return Misuse::symbol_meets_tensor;
    }
    if (((eager_operand<X> && !facts<X>::shape::is_static) || ...)) {
      return Misuse::dynamic_extent;
    }
    if (!device::holds) {
      return Misuse::devices;
    }
    if (!element::holds) {
      return Misuse::elements;
    }
    if (cuts_number) {
      return Misuse::number_is_cut;
    }
    if (has_wrong_integers) {
      return Misuse::integers;
    }
    if (!shape::holds) {
      return Misuse::shapes;
    }
    return !is_symbolic && (leaves > max_leaves || statements > max_statements) ? Misuse::length : Misuse::none;
  }
  static constexpr Misuse misuse = judge();
  /// The axis that makes shapes differ, for messages.
  static constexpr char axis =
      misuse == Misuse::shapes ? differing_axis<typename shape::left, typename shape::right>() : '\0';
};

template <class Op, class... X>
inline constexpr Misuse misuse = Operands<Op, X...>::misuse;

// Named rules for messages; `Op` is a text, the rest is what came.
template <class Op, class... X>
concept all_are_operands = ((operand<X> || number<X>) && ...);
template <class Op, class... X>
concept symbols_meet_only_symbols = !((symbol_operand<X> || ...) && (eager_operand<X> || ...));
template <class Op, class... X>
concept no_extent_is_dynamic = (facts<X>::shape::is_static && ...);
template <class Op, class Element, class... X>
concept no_number_is_cut = !(std::is_integral_v<Element> && (std::is_floating_point_v<X> || ...));
template <class Op, class Element>
concept computes_with = std::is_floating_point_v<Element>;
template <class Op, char Axis, class Left, class Right>
concept operands_fit_along = broadcast_fits<Left, Right>;
template <class Op, int Leaves, int Operations>
concept expression_is_short = Leaves <= max_leaves && Operations <= max_statements;

/// Whether a misuse has symbols among its operands: inside a model.
template <class Op, class... X>
concept misuses_symbols = Operands<Op, X...>::is_symbolic && misuse<Op, X...> != Misuse::none;

template <class X, class... Rest>
constexpr const auto& first_symbol(const X& x, const Rest&... rest) {
  if constexpr (symbol_operand<X>) {
    return x;
  } else {
    return first_symbol(rest...);
  }
}

/// What a refused operation on symbols gives: a symbol, so that the model around it stays well formed. Its builder
/// takes note that the program is refused already.
template <class... X>
constexpr auto refused_symbol(const X&... x) {
  const auto& symbol = first_symbol(x...);
  if constexpr (requires { symbol.refused(); }) {
    return symbol.refused();
  } else {
    return symbol;
  }
}

} // namespace detail

/// The elementwise operation `Op` on operands and numbers, at least one of them an operand. Shapes broadcast by name:
/// the axes of one are found in the other, in order and with equal extents; scalars and numbers fit everything.
/// Returns a lazy expression of the larger shape; for symbols, what `Symbol::apply<Op>` returns.
/// Errors while compiling: an operand of another kind, a partial sum, other devices, other element types, shapes that
/// do not fit, a floating number among integers, integers where only floating numbers have a result, more than 12
/// leaves or 32 operations.
/// (`Axis` is for messages.)
template <class Op, class... X, char Axis = detail::Operands<Op, X...>::axis>
CLEAVE_RULES(CLEAVE_REFUSES_MISUSE)
CLEAVE_RULE_OF_LENGTH(CLEAVE_REFUSES_MISUSE) constexpr auto apply(const X&... x)
#if defined(__clang__)
  requires(!detail::misuses_symbols<Op, X...>)
#endif
{
  using Judged = detail::Operands<Op, X...>;
  using detail::Misuse;
  using Name [[maybe_unused]] = detail::spelled<Op::name>;
  CLEAVE_RULES(CLEAVE_ASSERTS_MISUSE) CLEAVE_RULE_OF_LENGTH(CLEAVE_ASSERTS_MISUSE) {}
  if constexpr (Judged::is_symbolic) {
    if constexpr (Judged::misuse == Misuse::none) {
      return std::remove_cvref_t<decltype(detail::first_symbol(x...))>::template apply<Op>(x...);
    } else {
      return detail::refused_symbol(x...);
    }
  } else if constexpr (Judged::misuse == Misuse::none) {
    using T = typename Judged::element::left;
    using D = typename Judged::device::left;
    return detail::combine<Op, T, typename Judged::shape::left, D>(detail::as_expression<T, D>(x)...);
  } else {
    return Refused{};
  }
}

#if defined(__clang__)
// A call refused by diagnose_if is no expression, and a model with such a call cannot be called: every use of it would
// be one more error. A call of an unavailable function is refused once and goes on.
#define CLEAVE_REFUSES_SYMBOLS(kind, sentence, ...)                                                                    \
  template <class Op, class... X, char Axis = detail::Operands<Op, X...>::axis>                                        \
    requires detail::misuses_symbols<Op, X...> && (detail::misuse<Op, X...> == detail::Misuse::kind)                   \
  __attribute__((unavailable(sentence))) constexpr auto apply(const X&... x) {                                         \
    return detail::refused_symbol(x...);                                                                               \
  }
CLEAVE_RULES(CLEAVE_REFUSES_SYMBOLS)
#undef CLEAVE_REFUSES_SYMBOLS
/// A symbol that meets a value refused before.
template <class Op, class... X>
  requires detail::misuses_symbols<Op, X...> && (detail::misuse<Op, X...> == detail::Misuse::known_before)
constexpr auto apply(const X&... x) {
  return detail::refused_symbol(x...);
}
#endif

} // namespace cleave

#undef CLEAVE_RULES
#undef CLEAVE_RULE_OF_LENGTH
#undef CLEAVE_REFUSES_MISUSE
#undef CLEAVE_ASSERTS_MISUSE
