// SPDX-License-Identifier: Apache-2.0
// The edge where a Fault becomes the one error message of a compilation.
#pragma once

#include <cleave/base/diagnose.hpp>
#include <cleave/graph/fault.hpp>
#include <cleave/shape/shape.hpp>

namespace cleave::detail {

template <class...>
inline constexpr bool never = false;

/// The axis a fault names; '\0' where it names none.
template <char Letter>
struct axis {};

/// A broken rule, with the operation, the name in the user's program, the axis and both sides as readable types.
template <Rule Broken, class Op, class Name, class Axis, class Left, class Right>
struct broken_rule {};

// One sentence a rule; compilers print the struct's arguments beside it.
#define CLEAVE_SENTENCE(RULE, TEXT)                                                                                    \
  template <class Op, class Name, class Axis, class Left, class Right>                                                 \
  struct broken_rule<Rule::RULE, Op, Name, Axis, Left, Right> {                                                        \
    static_assert(never<Op, Name, Axis, Left, Right>, TEXT);                                                           \
  };

CLEAVE_SENTENCE(shapes_differ, "program: the operands of an operation do not fit by axis name")
CLEAVE_SENTENCE(axis_absent, "program: an operation names an axis that its operand lacks")
CLEAVE_SENTENCE(dtypes_differ, "program: the operands of an operation have different element types")
CLEAVE_SENTENCE(name_used_twice, "model: two parameters or inputs have the same name; give every layer its own")
CLEAVE_SENTENCE(input_missing, "model: a head needs a label that is among no labels of the job; add it to the job's labels")
CLEAVE_SENTENCE(label_shape_differs, "model: the label of a head does not have the shape the head needs")
CLEAVE_SENTENCE(nonlinear_partial, "placement: a sum over devices is used before it is complete; only linear operations "
                                   "accept a partial sum, move the others before the sum or onto the merged value")
CLEAVE_SENTENCE(partial_meets_other, "placement: a partial sum is added to a complete value; every device would add the "
                                     "complete value once")
CLEAVE_SENTENCE(batch_axis_mixed, "placement: an operation mixes rows of the batch that lie on different devices")
CLEAVE_SENTENCE(head_missing, "differentiate: an output is no loss head and no scalar, so its gradient has no start; end "
                              "the model in a head, or wrap the output in block_grad")
CLEAVE_SENTENCE(heads_disagree, "differentiate: a parameter is reached by heads that are normalised by different counts; "
                                "give all heads the same normalization")
CLEAVE_SENTENCE(gradient_missing, "differentiate: no path leads from this parameter or input to a loss; freeze it, or use it")
CLEAVE_SENTENCE(no_derivative, "differentiate: an operation without a derivative lies between a parameter and the loss")
CLEAVE_SENTENCE(request_unknown, "requests: there is no parameter (or data input) of this name in the model")
CLEAVE_SENTENCE(gradient_not_partial, "placement: the gradient of a parameter is not a sum over devices")
CLEAVE_SENTENCE(contraction_order, "dot: the contracted axes of the two operands are not the same, in the same order")

#undef CLEAVE_SENTENCE

template <class Holder>
struct ReportFault {
  static constexpr const Fault& fault = Holder::fault;

  template <std::size_t... I>
  static text<fault.op[I]...> spell_op(std::index_sequence<I...>);
  template <std::size_t... I>
  static text<fault.name[I]...> spell_name(std::index_sequence<I...>);
  template <std::size_t... I>
  static Shape<Axis<fault.left.letters[I], fault.left.extents[I]>...> left(std::index_sequence<I...>);
  template <std::size_t... I>
  static Shape<Axis<fault.right.letters[I], fault.right.extents[I]>...> right(std::index_sequence<I...>);

  using type = broken_rule<fault.rule, decltype(spell_op(std::make_index_sequence<text_length(fault.op)>{})),
                           decltype(spell_name(std::make_index_sequence<text_length(fault.name)>{})), axis<fault.axis>,
                           decltype(left(std::make_index_sequence<static_cast<std::size_t>(fault.left.rank)>{})),
                           decltype(right(std::make_index_sequence<static_cast<std::size_t>(fault.right.rank)>{}))>;
};

} // namespace cleave::detail
