// SPDX-License-Identifier: Apache-2.0
// What passes say when a program is illegal. Passes never throw and never assert: they record the first Fault and go
// on; the edge (a group, a program) lifts it into a readable type and stops the compilation once.
#pragma once

#include <cleave/base/fixed_string.hpp>
#include <cleave/shape/dims.hpp>

namespace cleave {

/// The rules a program can break.
enum class Rule : unsigned char {
  none,
  reported,             ///< a static_assert has said it already: the compilation ends without a second message
  shapes_differ,        ///< operands of an operation do not fit by axis name
  axis_absent,          ///< an operation names an axis its operand lacks
  axis_named_twice,     ///< an operation names an axis twice
  dtype_unsupported,    ///< an operation has operands it cannot compute with
  dtypes_differ,        ///< operands of an operation have different element types
  name_used_twice,      ///< two inputs or parameters of one name
  input_missing,        ///< a head's label is among no inputs of the job
  label_unused,         ///< a label that no head uses
  label_shape_differs,  ///< a head's label does not fit its data
  nonlinear_partial,    ///< a sum over devices is used as if it were complete
  partial_meets_other,  ///< a partial sum and a complete value are added
  batch_axis_mixed,     ///< an operation normalises or contracts over a sharded batch axis
  head_missing,         ///< an output needs a head gradient and has none
  heads_disagree,       ///< two heads are normalised by different counts
  gradient_missing,     ///< a parameter without a path to any head
  no_derivative,        ///< an operation without a derivative lies on the path
  request_unknown,      ///< a gradient request names no input or parameter
  gradient_not_partial, ///< a parameter's gradient is not a sum over devices
  budget_exceeded,      ///< no plan that was found fits the memory budget; sides are bytes
  axes_apart,           ///< axes that are treated as one are not neighbours, in order
  number_out_of_range,  ///< a number given to an operation is one it cannot work with
  extents_differ,       ///< operands have different extents along an axis that they share
  axis_present,         ///< an operation makes an axis that its operand has
  axes_too_many,        ///< a result would have more axes than max_rank
  order_incomplete,     ///< a new order does not name every axis once
  range_outside,        ///< a slice begins or ends outside its axis
  range_empty,          ///< a slice takes nothing
  size_differs,         ///< other axes for another number of elements
  not_divisible,        ///< an axis cut into equal parts that it is no multiple of
  batch_axis_cut,       ///< rows that lie on different devices are cut, joined or moved
  batch_axis_folded,    ///< other axes that would not leave every row where it is
  batch_axis_reduced,   ///< a reduction over the batch axis that is no sum
};

/// The first rule broken, where, and both sides.
struct Fault {
  Rule rule = Rule::none;
  const char* op = "";
  const char* name = "";
  char axis = '\0';
  Dims left{};
  Dims right{};

  constexpr explicit operator bool() const { return rule != Rule::none; }
};

} // namespace cleave
