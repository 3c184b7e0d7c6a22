// SPDX-License-Identifier: Apache-2.0
// Derivatives inside a program: penalties on gradients, Hessian-vector products.
#pragma once

#include <cleave/model/symbol.hpp>
#include <cleave/passes/reverse_walk.hpp>

namespace cleave {
namespace detail {

/// Appends d loss / d x for each of `count` earlier nodes x. `loss` is a scalar. Where a mean over the batch lies on
/// the path, the gradient is divided by the rows of the whole batch, so that it is the derivative of what the program
/// computes. Faults: gradient_missing without a path; no_derivative where a loss head lies on it, since a head sends
/// back a gradient of its own. Linear in the nodes between x and the loss, plus one look at each earlier node.
constexpr void gradients_of(Value loss, const Value* x, Value* gradients, int count) {
  Builder& builder = *loss.builder;
  ReverseWalk walk(builder, loss.id + 1);
  walk.refuse_heads();
  Vector<bool> wanted(loss.id + 1, false);
  Id first = loss.id;
  for (int i = 0; i < count; ++i) {
    if (x[i].id <= loss.id) {
      wanted[x[i].id] = true;
      first = x[i].id < first ? x[i].id : first;
    }
  }
  for (Id id = 0; id <= loss.id; ++id) {
    walk.mark(id, wanted[id]);
  }
  walk[loss.id] = {builder.number(1, builder[loss.id].dtype).id, Normaliser::unset, true};
  walk.run(first);
  builder.graph().derived = true;
  for (int i = 0; i < count; ++i) {
    const Node of = builder[x[i].id];
    if (x[i].id > loss.id || walk[x[i].id].cotangent == no_id) {
      builder.report({Rule::gradient_missing, of.op->name, of.name, '\0', of.dims, {}});
      gradients[i] = x[i];
      continue;
    }
    const Adjoint& adjoint = walk[x[i].id];
    gradients[i] = {&builder, adjoint.cotangent};
    if (adjoint.normaliser == Normaliser::rows) {
      // Not a BatchMean, whose division is left to the optimizer: that divides once, and a loss made of this gradient
      // may be a mean itself.
      gradients[i] = gradients[i] / batch_rows(builder, of.dtype);
    }
  }
}

template <class X>
concept scalar_to_differentiate = is_model_symbol<X> && symbol_shape<X>::type::rank == 0;

} // namespace detail

/// d loss / d x inside a model, as a symbol of x's shape that may be used and differentiated like any other. `loss` is
/// a scalar; x is an input, a parameter's symbol or anything between. Over a sharded batch the gradient of a replicated
/// value is a sum over devices: it may be used linearly (a Hessian-vector product), not squared.
template <class L, class X>
constexpr X gradient(const L& loss, const X& x) {
  static_assert(detail::scalar_to_differentiate<L>, "gradient: the loss must be a scalar symbol; sum it over its axes");
  static_assert(is_model_symbol<X> || !detail::scalar_to_differentiate<L>,
                "gradient: what to differentiate by must be a model's symbol");
  if constexpr (!is_model_symbol<X>) {
    return x;
  } else if constexpr (!detail::scalar_to_differentiate<L>) {
    return x.refused();
  } else {
    const Value at = x.value();
    Value result;
    detail::gradients_of(loss.value(), &at, &result, 1);
    return X(result);
  }
}

} // namespace cleave
