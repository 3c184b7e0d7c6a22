// SPDX-License-Identifier: Apache-2.0
// Operations that only move data, computed in a model of one device and compared with the element each result is.
#pragma once

#include "support/second_order.hpp"

#include <cleave/cleave.hpp>

namespace law {

template <class F, class... Shapes>
struct MoveProgram {
  static constexpr bool differentiated = false;
  static constexpr const char* names[6] = {"x", "y", "z", "u", "v", "w"};
  template <std::size_t... I>
  static constexpr void trace(cleave::Builder& b, std::index_sequence<I...> /*operands*/) {
    const cleave::Id ids[] = {
        b.leaf(&cleave::rule<cleave::InputLeaf>, names[I], Shapes::dims, cleave::DType::f64).id...};
    b.output(F{}(cleave::Symbol<double, Shapes>(&b, ids[I])...).id);
  }
  static constexpr void trace(cleave::Builder& b) { trace(b, std::index_sequence_for<Shapes...>{}); }
  static constexpr cleave::Dims dims() {
    cleave::Builder b;
    trace(b);
    return b[b.size() - 1].dims;
  }
};

/// What F makes of operands whose elements are 0, 1, 2, ... one after another, through all operands.
template <class F, class... Shapes>
test::Numbers moved() {
  using Program = MoveProgram<F, Shapes...>;
  static_assert(!cleave::fault_of<Program>);
  CHECK(cleave::detail::verify(cleave::graph<Program>.view()) == nullptr);
  constexpr cleave::extent of_operands = ((Shapes::dims.has('N') ? Shapes::dims.extent_of('N') : 1) * ...);
  constexpr cleave::extent of_result = Program::dims().extent_of('N');
  constexpr cleave::extent batch = sizeof...(Shapes) == 1 && of_operands > 1 ? of_operands : of_result;
  test::Runner<Program, batch> runner;
  runner.poison();
  double next = 0;
  for (const std::string& name : runner.leaves()) {
    test::Numbers values(runner.size(name));
    for (double& value : values) {
      value = next++;
    }
    runner.set(name, values);
  }
  runner.forward();
  return runner.output();
}

} // namespace law
