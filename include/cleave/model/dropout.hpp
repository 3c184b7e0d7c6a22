// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/model/layers.hpp>
#include <cleave/ops/dropout.hpp>

namespace cleave {

/// When a layer drops: in training, or in evaluation as well.
enum class DropoutMode : bool { training, always };

namespace detail {

using dropout_text = text<'d', 'r', 'o', 'p', 'o', 'u', 't'>;

/// The random key of the program; one leaf a graph.
constexpr Value random_key(Builder& builder) {
  for (Id id = 0; id < builder.size(); ++id) {
    if (is_op<RandomKeyLeaf>(builder[id])) {
      return {&builder, id};
    }
  }
  Node leaf;
  leaf.op = &rule<RandomKeyLeaf>;
  leaf.dtype = DType::i64;
  leaf.dims.push_back('K', RandomKeyLeaf::words);
  return {&builder, builder.push(leaf)};
}

/// Whether a layer of that kind and name is in the graph, or of a name with the same hash: two would have one mask.
constexpr bool drops_already(const Builder& builder, const char* name) {
  for (Id id = 0; id < builder.size(); ++id) {
    if (is_op<Dropout>(builder[id]) && builder[id].attributes.second == static_cast<double>(hash_text(name))) {
      return true;
    }
  }
  return false;
}

} // namespace detail

/// Sets elements to 0 with probability p, and divides the others by 1 - p: `dropout<"drop1">(x, 0.5)`. Along axes that
/// are named, `dropout<"drop1", T>(x, 0.5)`, the mask is constant. In evaluation x itself, unless the mode is always.
/// The mask follows from the group's seed, the layer's name, the pass and the row of the whole batch: it is the same
/// for any number of devices. Errors while compiling: an axis that x lacks; and, said by the group, p outside [0, 1),
/// two layers of one name.
template <FixedString Name, template <extent> class... Constant, class X>
constexpr auto dropout(const X& x, double p, DropoutMode mode = DropoutMode::training) {
  using S = detail::shape_or_scalar<X>;
  static_assert(detail::is_symbol_operand<detail::dropout_text, detail::spelled<Name>, X>,
                "dropout: the operand must be a model's symbol");
  static_assert(!is_model_symbol<X> || detail::operand_has_axes<detail::dropout_text, S, Constant<1>::letter...>,
                "dropout: the operand has no axis of a letter along which the mask is to be constant");
  if constexpr (!is_model_symbol<X>) {
    return Refused{};
  } else if constexpr (!detail::operand_has_axes<detail::dropout_text, S, Constant<1>::letter...>) {
    return x.refused();
  } else {
    Builder& builder = *x.builder;
    constexpr const char* name = detail::stored<Name>;
    const bool is_share = p >= 0 && p < 1; // NaN is none
    if (!is_share) {
      builder.report({Rule::number_out_of_range, Dropout::name.value, name, '\0', S::dims, {}});
    }
    if (detail::drops_already(builder, name)) {
      builder.report({Rule::name_used_twice, Dropout::name.value, name, '\0', S::dims, S::dims});
    }
    if (p == 0 || (mode == DropoutMode::training && !builder.training)) {
      return x;
    }
    Attributes attributes = detail::Along<Constant<1>::letter...>::attributes;
    attributes.number = p;
    attributes.second = static_cast<double>(detail::hash_text(name));
    const Id operands[] = {x.id, detail::random_key(builder).id};
    return X(builder.apply(&rule<Dropout>, attributes, operands, 2, name));
  }
}

} // namespace cleave
