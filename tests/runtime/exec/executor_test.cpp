// SPDX-License-Identifier: Apache-2.0
// The kernel table in its planned memory: blocks are shared by lifetime, so a plan that frees too early or reads too
// soon gives other numbers than one where nothing is shared.
#include "support/law.hpp"

using cleave::axes::C, cleave::axes::N, cleave::axes::H;

namespace {

template <int Layers>
struct Tangle { // values that live long, die in the middle, are used many times, and cross into the backward pass
  static constexpr bool differentiated = true;
  static constexpr cleave::GradientRequest request(const char* name, bool is_parameter) {
    return law::all_but_head(name, is_parameter);
  }
  using X = cleave::Shape<N<3>, C<5>>;
  template <int Depth>
  static constexpr auto layer(auto x, auto first) {
    if constexpr (Depth == 0) {
      return x * first;
    } else {
      const auto wide = cleave::linear<cleave::FixedString<2>({static_cast<char>('a' + Depth), '\0'}), C<5>>(tanh(x));
      const auto again = exp(-(wide * wide)) + first / (x * x + 2);
      return layer<Depth - 1>(again - relu(wide), first);
    }
  }
  static constexpr void trace(cleave::Builder& b) {
    const cleave::Symbol<double, X> x(b.leaf(&cleave::rule<cleave::InputLeaf>, "x", X::dims, cleave::DType::f64));
    const auto y = layer<Layers>(x, sigmoid(x));
    b.output(cleave::block_grad(y).id);
    b.output(cleave::sum<N, C>(y * y).id);
  }
};

} // namespace

TEST_CASE("deep programs are differentiated as they are computed", "[exec]") {
  static_assert(!cleave::fault_of<Tangle<6>>);
  CHECK(cleave::detail::verify(cleave::graph<Tangle<6>>.view()) == nullptr); // no constant under -fsanitize=undefined
  law::check_gradient<Tangle<6>>(-0.5, 0.5);
}

TEST_CASE("nothing is read before it is written, and a run leaves nothing behind", "[exec]") {
  using Program = Tangle<6>;
  test::Runner<Program, 3> runner;
  for (const std::string& name : test::Runner<Program, 3>::leaves()) {
    runner.set(name, law::samples(runner.size(name), -0.5, 0.5, 3));
  }
  runner.forward();
  runner.backward();
  const auto y = runner.output(0);
  const auto dx = runner.gradient("x");
  const auto dw = runner.gradient("b_weight");
  runner.poison();
  runner.forward();
  runner.backward();
  CHECK(runner.output(0) == y);
  CHECK(runner.gradient("x") == dx);
  CHECK(runner.gradient("b_weight") == dw);
}

TEST_CASE("the plan of a deep program is near the least memory any plan needs", "[exec]") {
  constexpr auto& plan = cleave::memory<Tangle<6>, 3>;
  constexpr auto bytes = plan.arena_bytes[static_cast<int>(cleave::ArenaId::activations)];
  static_assert(bytes >= plan.activation_bound);
  static_assert(bytes * 100 <= plan.activation_bound * 115);
}
