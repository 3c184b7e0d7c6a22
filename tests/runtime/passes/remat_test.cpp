// SPDX-License-Identifier: Apache-2.0
// A memory budget changes where values lie and what is computed twice, never a bit of a result.
#include "support/gated_net.hpp"
#include "support/law.hpp"

namespace {

using test::GatedNet, test::Within;

template <class Program, class Under>
void check_same_bits() {
  test::Runner<Program, 8> plain;
  test::Runner<Under, 8> squeezed;
  const auto names = test::Runner<Program, 8>::leaves();
  REQUIRE(names == test::Runner<Under, 8>::leaves());
  unsigned seed = 1;
  for (const std::string& name : names) {
    const test::Numbers values = law::samples(plain.size(name), -0.5, 0.5, seed++);
    plain.set(name, values);
    squeezed.set(name, values);
  }
  squeezed.poison();
  plain.forward();
  plain.backward();
  squeezed.forward();
  squeezed.backward();
  CHECK(plain.output(0) == squeezed.output(0));
  CHECK(plain.output(1) == squeezed.output(1));
  for (const std::string& name : names) {
    if (name != "x") {
      INFO(name);
      CHECK(plain.gradient(name) == squeezed.gradient(name));
    }
  }
}

} // namespace

TEST_CASE("a budget that recomputes values keeps every bit", "[passes]") {
  using Program = GatedNet<4>;
  using Tight = Within<Program, 95000, 8>;
  using Loose = Within<Program, 112000, 8>;
  static_assert(cleave::graph<Tight>.size() > cleave::graph<Loose>.size());
  static_assert(cleave::graph<Loose>.size() > cleave::graph<Program>.size());
  check_same_bits<Program, Tight>();
  check_same_bits<Program, Loose>();
}
