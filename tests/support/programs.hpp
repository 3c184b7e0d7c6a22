// SPDX-License-Identifier: Apache-2.0
// Small programs by hand, for tests of passes.
#pragma once

#include <cleave/graph/verify.hpp>
#include <cleave/model/trace.hpp>
#include <cleave/passes/print.hpp>
#include <cleave/passes/verify_memory.hpp>

namespace test {

using cleave::axes::C, cleave::axes::N;
using Batch = cleave::Shape<N<4>, C<3>>;

/// Base of programs: every parameter's gradient is wanted.
struct Trains {
  static constexpr bool differentiated = true;
  static constexpr cleave::GradientRequest request(const char* /*name*/, bool is_parameter) {
    return is_parameter ? cleave::GradientRequest::write : cleave::GradientRequest::none;
  }
};
/// Base of programs that only run forward.
struct Evaluates {
  static constexpr bool differentiated = false;
};

template <class S, class T = float>
constexpr auto input(cleave::Builder& b, const char* name) {
  return cleave::Symbol<T, S>(b.leaf(&cleave::rule<cleave::InputLeaf>, name, S::dims, cleave::dtype_v<T>));
}
template <class S, class T = float>
constexpr auto parameter(cleave::Builder& b, const char* name) {
  return cleave::Symbol<T, S>(b.leaf(&cleave::rule<cleave::ParameterLeaf>, name, S::dims, cleave::dtype_v<T>));
}

template <class Program>
struct Traced {
  static constexpr auto& graph = cleave::traced<Program>;
};
template <class Program>
struct Differentiated {
  static constexpr auto& graph = cleave::differentiated<Program>;
};
template <class Program>
struct Simplified {
  static constexpr auto& graph = cleave::simplified<Program>;
};
template <class Program>
struct Merged {
  static constexpr auto& graph = cleave::merged<Program>;
};
template <class Program>
struct Final {
  static constexpr auto& graph = cleave::graph<Program>;
};

/// Whether every pass of a program left a graph and a plan that keep their grammar.
template <class Program, cleave::extent Rows>
constexpr bool is_well_formed() {
  using cleave::detail::verify;
  return verify(cleave::traced<Program>.view()) == nullptr &&
         verify(cleave::differentiated<Program>.view()) == nullptr &&
         verify(cleave::simplified<Program>.view()) == nullptr && verify(cleave::merged<Program>.view()) == nullptr &&
         verify(cleave::graph<Program>.view()) == nullptr &&
         cleave::detail::verify_memory(cleave::localized<Program, Rows>.view(), cleave::fused<Program>,
                                       cleave::memory<Program, Rows>) == nullptr;
}

} // namespace test
