// SPDX-License-Identifier: Apache-2.0
// Plans that put values in each other's place give the numbers that the program means.
#include "support/law.hpp"

using cleave::axes::C, cleave::axes::N, cleave::axes::O;

namespace {

/// One weight on two paths: its gradient is a sum whose first addend is computed in the gradient's place.
template <cleave::GradientRequest Wanted>
struct SharedWeight {
  static constexpr bool differentiated = true;
  static constexpr cleave::GradientRequest request(const char* /*name*/, bool is_parameter) {
    return is_parameter ? Wanted : cleave::GradientRequest::write;
  }
  using X = cleave::Shape<N<3>, C<5>>;
  using W = cleave::Shape<O<5>, C<5>>;
  static constexpr void trace(cleave::Builder& b) {
    const cleave::Value x = b.leaf(&cleave::rule<cleave::InputLeaf>, "x", X::dims, cleave::DType::f64);
    const cleave::Value w = b.leaf(&cleave::rule<cleave::ParameterLeaf>, "w", W::dims, cleave::DType::f64);
    const cleave::Value h = cleave::Value::apply<cleave::Tanh>(cleave::Contract::make({0, 1, false, true}, x, w, "NC"));
    const cleave::Value y = cleave::Contract::make({0, 1, false, true}, h, w, "NC");
    b.output(cleave::Value::apply<cleave::BlockGrad>(y).id);
    b.output(cleave::detail::sum_over(y * y, "NC").id);
  }
};
using Writes = SharedWeight<cleave::GradientRequest::write>;
using Adds = SharedWeight<cleave::GradientRequest::add>;

} // namespace

TEST_CASE("a gradient that is summed in its own place is the derivative", "[passes]") {
  law::check_gradient<Writes>(-0.8, 0.8);
}

TEST_CASE("old gradients are added to, not written over", "[passes]") {
  test::Runner<Writes, 3> once;
  test::Runner<Adds, 3> twice;
  for (const std::string name : {"x", "w"}) {
    once.set(name, law::samples(once.size(name), -0.8, 0.8, 4));
    twice.set(name, law::samples(once.size(name), -0.8, 0.8, 4));
  }
  once.forward();
  once.backward();
  twice.clear_gradients();
  for (int pass = 0; pass < 2; ++pass) {
    twice.forward();
    twice.backward();
  }
  const auto first = once.gradient("w");
  const auto sum = twice.gradient("w");
  for (std::size_t i = 0; i < sum.size(); ++i) {
    CHECK(sum[i] == Approx(2 * first[i]));
  }
}
