// SPDX-License-Identifier: Apache-2.0
// Second derivatives: the gradient of sum(y * dy) is itself differentiated, and compared with central differences.
#pragma once

#include "support/law.hpp"

namespace law {

/// Which operands the gradient depends on: those of a linear operation it does not.
enum class Curved : bool { no, yes };

template <class F, Curved Kind, class... Shapes>
struct SecondOrder {
  static constexpr bool differentiated = true;
  static constexpr const char* names[3] = {"x", "y", "z"};
  static constexpr const char* pulls[3] = {"pull_x", "pull_y", "pull_z"};

  static constexpr bool is_operand(const char* name) {
    return cleave::detail::same_text(name, "x") || cleave::detail::same_text(name, "y") ||
           cleave::detail::same_text(name, "z");
  }
  static constexpr cleave::GradientRequest first_request(const char* name, bool /*is_parameter*/) {
    return is_operand(name) ? cleave::GradientRequest::write : cleave::GradientRequest::none;
  }
  static constexpr cleave::GradientRequest request(const char* name, bool /*is_parameter*/) {
    return is_operand(name) && Kind == Curved::no ? cleave::GradientRequest::none : cleave::GradientRequest::write;
  }
  template <class S>
  static constexpr auto leaf(cleave::Builder& b, const char* name) {
    return cleave::Symbol<double, S>(b.leaf(&cleave::rule<cleave::InputLeaf>, name, S::dims, cleave::DType::f64));
  }
  static constexpr cleave::Value total(cleave::Builder& b, cleave::Value x) {
    char letters[cleave::max_rank + 1]{};
    const cleave::Dims dims = b[x.id].dims;
    for (int i = 0; i < dims.rank; ++i) {
      letters[i] = dims.letters[i];
    }
    return dims.rank == 0 ? x : cleave::detail::sum_over(x, letters);
  }
  template <std::size_t... I>
  static constexpr void trace_first(cleave::Builder& b, std::index_sequence<I...> /*operands*/) {
    const cleave::Id operands[] = {leaf<Shapes>(b, names[I]).id...};
    const auto y = F{}(cleave::Symbol<double, Shapes>(&b, operands[I])...);
    const auto dy = leaf<typename decltype(y)::shape>(b, "dy");
    b.output(total(b, y.value() * dy.value()).id);
  }
  static constexpr void trace(cleave::Builder& b) {
    cleave::Builder first;
    trace_first(first, std::index_sequence_for<Shapes...>{});
    const cleave::detail::GraphBuffer pulled =
        cleave::detail::differentiate(first.graph().view(), &SecondOrder::first_request);
    if (pulled.fault) {
      b.report(pulled.fault);
    }
    for (const cleave::Node& node : pulled.nodes) {
      b.push(node);
    }
    cleave::Value loss;
    int operand = 0;
    for (const cleave::Result& result : pulled.results) {
      if (result.role == cleave::Role::input_gradient) {
        const cleave::Value pull =
            b.leaf(&cleave::rule<cleave::InputLeaf>, pulls[operand++], b[result.node].dims, cleave::DType::f64);
        const cleave::Value part = total(b, cleave::Value{&b, result.node} * pull);
        loss = loss ? loss + part : part;
      }
    }
    b.output(loss.id);
    b.output(loss.id);
  }
};

/// Operands of the given shapes are sampled in [low, high].
template <class F, Curved Kind, class... Shapes>
void check_second_order(double low, double high) {
  using Program = SecondOrder<F, Kind, Shapes...>;
  static_assert(!cleave::fault_of<Program>);
  check_gradient<Program>(low, high);
}

} // namespace law
