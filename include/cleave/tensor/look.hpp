// SPDX-License-Identifier: Apache-2.0
// What all functions that look into a tensor from another side share: what they refuse, and making the view.
#pragma once

#include <cleave/shape/strided.hpp>
#include <cleave/tensor/tensor.hpp>

namespace cleave::detail {

// Named rules for messages; `Op` is a text.
template <class Op, class X>
concept has_memory = is_tensor<X> || is_view<X>;
template <class Op, class X>
concept outlives_the_view = is_view<std::remove_cvref_t<X>> || std::is_lvalue_reference_v<X>;

/// What views are made of, as deduced for a forwarding reference: an operand, but no symbol of a model.
template <class X>
concept viewable = operand<std::remove_cvref_t<X>> && !symbol_operand<std::remove_cvref_t<X>>;

// Expects the names X (as deduced for a forwarding reference) and Source (X without reference and const).
#define CLEAVE_RULES_OF_VIEWS(RULE, op)                                                                                \
  RULE(op ": the value " CLEAVE_IS_PARTIAL, no_operand_is_partial<void, Source>)                                       \
  RULE(op ": expects a tensor or a view; evaluate an expression into a tensor first", has_memory<void, Source>)        \
  RULE(op ": this tensor ends with the statement, and the view with it; give the tensor a name first",                 \
       outlives_the_view<void, X>)

#define CLEAVE_RULE_OF_STATIC_VIEWS(RULE, op)                                                                          \
  RULE(op ": an extent is dynamic; take a part of static size with slice first", shape_is_static<void, S>)

/// A view of other shape and strides into the elements of a tensor or view; T is const where it only reads.
template <class T, class S, class St, class X>
constexpr auto view_into(const X& x, T* first) {
  using V = View<T, S, typename X::device, St>;
  if constexpr (S::is_static) {
    return V(first);
  } else {
    return V(first, x.rows());
  }
}

/// The view whose geometry is `Of::value`.
template <class Of, class X>
constexpr auto look(X& x) {
  auto* const first = x.data();
  return view_into<std::remove_pointer_t<decltype(x.data())>, shape_lifted<Of>, strides_lifted<Of>>(
      x, first + Of::value.offset);
}

} // namespace cleave::detail
