// SPDX-License-Identifier: Apache-2.0
#include <cleave/ops/cast.hpp>

#include "support/law.hpp"

LAW_ROW_1(Cast, cleave::cast<double>(x), -2, 2)

namespace {

using cleave::axes::N;
using S = cleave::Shape<N<4>>;

/// x in f32, squared in f64, and x as whole numbers.
struct CastProgram {
  static constexpr bool differentiated = true;
  static constexpr cleave::GradientRequest request(const char* /*name*/, bool /*is_parameter*/) {
    return cleave::GradientRequest::write;
  }
  static constexpr void trace(cleave::Builder& b) {
    const cleave::Symbol<float, S> x(b.leaf(&cleave::rule<cleave::InputLeaf>, "x", S::dims, cleave::DType::f32));
    const auto wide = cleave::cast<double>(x);
    static_assert(std::is_same_v<decltype(wide)::element, double>);
    cleave::detail::list_outputs(b, cleave::sum<N>(wide * wide));
    const auto whole = cleave::cast<std::int32_t>(x);
    static_assert(std::is_same_v<decltype(whole)::element, std::int32_t>);
    cleave::detail::list_outputs(b, whole);
  }
};

/// A gradient that would have to pass whole numbers.
struct WholeProgram : CastProgram {
  static constexpr void trace(cleave::Builder& b) {
    const cleave::Symbol<float, S> x(b.leaf(&cleave::rule<cleave::InputLeaf>, "x", S::dims, cleave::DType::f32));
    cleave::detail::list_outputs(b, cleave::sum<N>(cleave::cast<float>(cleave::cast<std::int32_t>(x))));
  }
};

} // namespace

TEST_CASE("a symbol is cast to another type, and its cotangent back", "[ops]") {
  static_assert(!cleave::fault_of<CastProgram>);
  test::Runner<CastProgram, 4> runner;
  runner.set("x", {1.5, -2.75, 0, 3});
  runner.forward();
  runner.backward();
  CHECK(runner.output(0)[0] == 1.5 * 1.5 + 2.75 * 2.75 + 9);
  CHECK(runner.output(1) == test::Numbers{1, -2, 0, 3});
  CHECK(runner.gradient("x") == test::Numbers{3, -5.5, 0, 6});
}

TEST_CASE("nothing flows back through whole numbers", "[ops]") {
  static_assert(cleave::fault_of<WholeProgram>.rule == cleave::Rule::gradient_missing);
  SUCCEED();
}
