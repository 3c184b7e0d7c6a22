// SPDX-License-Identifier: Apache-2.0
#include "support/law.hpp"

#include <limits>

LAW_CALL_3(Where, Where, where(greater(x, 0.), x* y, z), -2, 2)
LAW_CALL_2(Gate, Gate, apply<cleave::Gate>(greater(x, 0.), x* y), -2, 2)
LAW_ROW_2(Maximum, maximum(x, y), -2, 2)
LAW_ROW_2(Minimum, minimum(x, y), -2, 2)
LAW_CALL_1(AtLeast, Maximum, maximum(x, 0.5), -2, 2)
LAW_ROW_1(Clip, clip(x, -1., 1.5), -3, 3)
LAW_CALL_3(ClipBetween, Clip, clip(x, y - 1.5, z + 1.5), -3, 3)

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
const double not_a_number = std::numeric_limits<double>::quiet_NaN();
} // namespace

TEST_CASE("selections pass NaN on, and take it where it is not chosen", "[ops]") {
  CHECK(std::isnan(cleave::Maximum::apply(not_a_number, 1.)));
  CHECK(std::isnan(cleave::Maximum::apply(1., not_a_number)));
  CHECK(std::isnan(cleave::Minimum::apply(not_a_number, 1.)));
  CHECK(std::isnan(cleave::Minimum::apply(1., not_a_number)));
  CHECK(cleave::Maximum::apply(-infinity, 1.) == 1);
  CHECK(std::isnan(cleave::Clip::apply(not_a_number, 0., 1.)));
  CHECK(cleave::Clip::apply(-infinity, 0., 1.) == 0);
  CHECK(cleave::Clip::apply(infinity, 0., 1.) == 1);
  CHECK(cleave::Where::apply(0., not_a_number, 2.) == 2);
  CHECK(cleave::Where::apply(-1., 3., not_a_number) == 3);
  CHECK(cleave::Gate::apply(0., not_a_number) == 0);
  CHECK(cleave::Gate::apply(0., infinity) == 0);
}

namespace {

/// The gradients of maximum and minimum where both sides are equal.
struct TiedProgram {
  static constexpr bool differentiated = true;
  static constexpr cleave::GradientRequest request(const char* /*name*/, bool /*is_parameter*/) {
    return cleave::GradientRequest::write;
  }
  using X = cleave::Symbol<double, cleave::Shape<law::N<3>>>;
  static constexpr X leaf(cleave::Builder& b, const char* name) {
    return X(b.leaf(&cleave::rule<cleave::InputLeaf>, name, X::shape::dims, cleave::DType::f64));
  }
  static constexpr void trace(cleave::Builder& b) {
    const X x = leaf(b, "x");
    const X y = leaf(b, "y");
    cleave::detail::list_outputs(b, cleave::sum(maximum(x, y) + 10 * minimum(x, y)));
  }
};

} // namespace

TEST_CASE("where two operands are equal, the whole cotangent of maximum and minimum goes to the first", "[ops]") {
  test::Runner<TiedProgram, 3> runner;
  runner.set("x", {1, 2, 3});
  runner.set("y", {2, 2, 2});
  runner.forward();
  runner.backward();
  CHECK(runner.gradient("x") == test::Numbers{10, 11, 1});
  CHECK(runner.gradient("y") == test::Numbers{1, 0, 10});
}

namespace {

/// A selection between two sums over the batch by a whole condition: linear in both, so it may be done on addends.
struct AddendProgram {
  static constexpr bool differentiated = false;
  static constexpr void trace(cleave::Builder& b) {
    using X = cleave::Symbol<double, cleave::Shape<law::N<3>, law::C<5>>>;
    using W = cleave::Symbol<double, cleave::Shape<law::C<5>>>;
    const X x(b.leaf(&cleave::rule<cleave::InputLeaf>, "x", X::shape::dims, cleave::DType::f64));
    const W w(b.leaf(&cleave::rule<cleave::ParameterLeaf>, "w", W::shape::dims, cleave::DType::f64));
    const auto total = cleave::sum<law::N>(x);
    cleave::detail::list_outputs(b, where(greater(w, 0), total, total * 2));
    cleave::detail::list_outputs(b, cleave::apply<cleave::Gate>(w, total));
  }
};

} // namespace

TEST_CASE("a selection by a whole condition is linear in what it selects from", "[ops]") {
  static_assert(!cleave::fault_of<AddendProgram>);
  const auto& graph = cleave::graph<AddendProgram>;
  CHECK(cleave::placements<AddendProgram>[graph.results[0].node] == cleave::Placement::partial);
  CHECK(cleave::placements<AddendProgram>[graph.results[1].node] == cleave::Placement::partial);
}
