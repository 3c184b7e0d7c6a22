// SPDX-License-Identifier: Apache-2.0
#include "support/law.hpp"

LAW_ROW_1(Abs, abs(x), -3, 3)
LAW_ROW_1(Square, square(x), -3, 3)
LAW_ROW_1(Reciprocal, reciprocal(x), 0.5, 3)
LAW_ROW_1(Sqrt, sqrt(x), 0.2, 3)
LAW_ROW_1(Rsqrt, rsqrt(x), 0.2, 3)
LAW_ROW_1(Cbrt, cbrt(x), 0.2, 3)
LAW_ROW_2(Power, power(x, y), 0.2, 3)
LAW_CALL_1(Cube, Power, power(x, 3.), -2, 2)
LAW_ROW_2(Hypot, hypot(x, y), -3, 3)

namespace {

struct PowerProgram {
  static constexpr bool differentiated = true;
  static constexpr cleave::GradientRequest request(const char* /*name*/, bool /*is_parameter*/) {
    return cleave::GradientRequest::write;
  }
  using X = cleave::Symbol<double, cleave::Shape<law::N<3>>>;
  static constexpr void trace(cleave::Builder& b) {
    const X a(b.leaf(&cleave::rule<cleave::InputLeaf>, "a", X::shape::dims, cleave::DType::f64));
    const X e(b.leaf(&cleave::rule<cleave::InputLeaf>, "b", X::shape::dims, cleave::DType::f64));
    cleave::detail::list_outputs(b, cleave::sum(power(a, e)));
  }
};

} // namespace

TEST_CASE("powers of 0 have the derivatives they have, not NaN", "[ops]") {
  test::Runner<PowerProgram, 3> runner;
  runner.set("a", {0, 0, -2});
  runner.set("b", {0, 2, 2});
  runner.forward();
  runner.backward();
  CHECK(runner.gradient("a") == test::Numbers{0, 0, -4});
  CHECK(runner.gradient("b")[0] == 0);
  CHECK(runner.gradient("b")[1] == 0);
  CHECK(std::isnan(runner.gradient("b")[2])); // a negative base has no powers beside the whole ones
}

TEST_CASE("roots and magnitudes at their ends", "[ops]") {
  CHECK(std::isnan(cleave::Sqrt::apply(-1.)));
  CHECK(std::signbit(cleave::Sqrt::apply(-0.)));
  CHECK(cleave::Rsqrt::apply(INFINITY) == 0);
  CHECK(cleave::Cbrt::apply(-8.) == -2);
  CHECK(cleave::Hypot::apply(3e200, 4e200) == Approx(5e200));
  CHECK_FALSE(std::signbit(cleave::Abs::apply(-0.)));
  CHECK(cleave::Abs::apply(-INFINITY) == INFINITY);
}
