// SPDX-License-Identifier: Apache-2.0
// What is written inside a model: layers are functions with a name, which names their parameters.
#pragma once

#include <cleave/model/symbol.hpp>
#include <cleave/ops/contract.hpp>
#include <cleave/ops/transpose.hpp>

namespace cleave {
namespace detail {

// A name for messages, spelled once at namespace scope: nvcc cannot pass on a literal that is a template argument
// inside a template's body.
using linear_text = text<'l', 'i', 'n', 'e', 'a', 'r'>;

template <class Op, char Letter, class S>
concept operand_has_axis = has_axis<Letter, S>;

template <class S, char... Letters>
struct remove_axes {
  using type = S;
};
template <class S, char First, char... Rest>
struct remove_axes<S, First, Rest...> : remove_axes<remove_axis_t<S, First>, Rest...> {};

template <class S, class A>
struct append_axis;
template <class... Axes, class A>
struct append_axis<Shape<Axes...>, A> {
  using type = Shape<Axes..., A>;
};

/// (A value refused before is let through: it has had its message.)
template <class Op, class Name, class X>
concept is_symbol_operand = is_model_symbol<X> || refused_operand<X>;

template <class Op, char... Letters>
concept no_axis_is_the_batch = ((Letters != batch_axis) && ...);

template <class Op, class S, char... Letters>
concept operand_has_axes = (has_axis<Letters, S> && ...);

template <class Op, char... Letters>
concept axes_are_named_once = letters_differ<Axis<Letters, 1>...>();

template <class Op, char Letter, class S>
concept axis_is_new = !has_axis<Letter, S>;

/// Shape of an operand; of what is no symbol, a scalar.
template <class X>
using shape_or_scalar = typename symbol_shape<X>::type;

} // namespace detail

/// Whether `linear` adds a bias.
enum class Bias : bool { no, yes };

namespace detail {

/// What a linear layer asks of its operand, in the order of its messages.
enum class LinearRule : unsigned char { kept, symbol, batch_axis, present, twice, output };

template <class X, class Out, char... Contracted>
constexpr LinearRule judge_linear() {
  using S = shape_or_scalar<X>;
  if (!is_model_symbol<X>) {
    return LinearRule::symbol;
  }
  if (Out::letter == batch_axis || ((Contracted == batch_axis) || ...)) {
    return LinearRule::batch_axis;
  }
  if (!(has_axis<Contracted, S> && ...)) {
    return LinearRule::present;
  }
  if (!letters_differ<Axis<Contracted, 1>...>()) {
    return LinearRule::twice;
  }
  return has_axis<Out::letter, typename remove_axes<S, Contracted...>::type> ? LinearRule::output : LinearRule::kept;
}

/// The axes of S with those to contract behind the kept ones.
template <class S, class Kept, char... Contracted>
struct ContractedLast {
  static constexpr Dims make() {
    Dims made = Kept::dims;
    (made.push_back(Contracted, extent_along<Contracted, S>), ...);
    return made;
  }
  static constexpr Dims dims = make();
};

/// Parameters and product of a linear layer; a refused call gives the shape it would have had, or its operand.
template <FixedString Name, class Out, char... Contracted, class X>
constexpr auto make_linear(const X& x, Bias bias) {
  if constexpr (!is_model_symbol<X>) {
    return Refused{};
  } else {
    using Kept = typename remove_axes<typename X::shape, Contracted...>::type;
    Builder& builder = *x.builder;
    if constexpr (has_axis<Out::letter, Kept>) {
      return x.refused();
    } else {
      using Layer = Symbol<typename X::element, typename append_axis<Kept, Out>::type>;
      if constexpr (judge_linear<X, Out, Contracted...>() != LinearRule::kept) {
        builder.report({Rule::reported});
        return Layer(&builder, x.id);
      } else {
        constexpr DType dtype = dtype_v<typename X::element>;
        const Value w = builder.leaf(
            &rule<ParameterLeaf>, Joined<Name, "_weight">::value,
            Shape<Axis<'O', Out::size>, Axis<Contracted, extent_along<Contracted, typename X::shape>>...>::dims, dtype);
        constexpr Dims layer = Layer::shape::dims;
        char letters[max_rank + 1]{};
        for (int i = 0; i < layer.rank; ++i) {
          letters[i] = layer.letters[i];
        }
        const Contract::Form form{0, sizeof...(Contracted), false, true};
        const auto last = in_order<typename OrderLike<ContractedLast<typename X::shape, Kept, Contracted...>>::type>(x);
        Value y = Contract::make(form, last.value(), w, letters);
        if (bias == Bias::yes) {
          y = y + builder.leaf(&rule<ParameterLeaf>, Joined<Name, "_bias">::value, Shape<Out>::dims, dtype);
        }
        return Layer(y);
      }
    }
  }
}

} // namespace detail

/// y = x W^T + b over the axis that `Out` replaces: `linear<"fc1", C<128>>(x)` contracts the axis C of x; the new one
/// is the last of the result. (Axes to contract that are not the last of x are moved there first.) Parameters:
/// NAME_weight of shape (O, C), NAME_bias of shape (Out).
template <FixedString Name, class Out, class X>
constexpr auto linear(const X& x, Bias bias = Bias::yes) {
  using S = detail::shape_or_scalar<X>;
  constexpr detail::LinearRule broken = detail::judge_linear<X, Out, Out::letter>();
  // Each check stands in the function that users call: a compiler then names their line near the top.
  static_assert(detail::is_symbol_operand<detail::linear_text, detail::spelled<Name>, X>,
                "linear: the operand must be a model's symbol");
  static_assert(broken != detail::LinearRule::batch_axis ||
                    detail::no_axis_is_the_batch<detail::linear_text, Out::letter>,
                "linear: the batch axis N is neither contracted nor produced, since its rows lie on different devices");
  static_assert(
      broken != detail::LinearRule::present || detail::operand_has_axis<detail::linear_text, Out::letter, S>,
      "linear: the operand has no axis of the letter to contract; it replaces the axis that its output names");
  return detail::make_linear<Name, Out, Out::letter>(x, bias);
}

/// The same over several axes, named in the order that the weight has: `linear<"fc1", C<10>, 'C', 'H', 'W'>(x)`.
/// NAME_weight has the shape (O, C, H, W).
template <FixedString Name, class Out, char First, char... Rest, class X>
constexpr auto linear(const X& x, Bias bias = Bias::yes) {
  using S = detail::shape_or_scalar<X>;
  constexpr detail::LinearRule broken = detail::judge_linear<X, Out, First, Rest...>();
  static_assert(detail::is_symbol_operand<detail::linear_text, detail::spelled<Name>, X>,
                "linear: the operand must be a model's symbol");
  static_assert(broken != detail::LinearRule::batch_axis ||
                    detail::no_axis_is_the_batch<detail::linear_text, Out::letter, First, Rest...>,
                "linear: the batch axis N is neither contracted nor produced, since its rows lie on different devices");
  static_assert(broken != detail::LinearRule::present ||
                    detail::operand_has_axes<detail::linear_text, S, First, Rest...>,
                "linear: the operand has no axis of a letter to contract");
  static_assert(broken != detail::LinearRule::twice || detail::axes_are_named_once<detail::linear_text, First, Rest...>,
                "linear: an axis to contract is named twice");
  static_assert(broken != detail::LinearRule::output || detail::axis_is_new<detail::linear_text, Out::letter, S>,
                "linear: the operand already has the axis that the output names; give the output another letter");
  return detail::make_linear<Name, Out, First, Rest...>(x, bias);
}

} // namespace cleave
