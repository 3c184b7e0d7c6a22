// SPDX-License-Identifier: Apache-2.0
// What cse and dce make of small programs.
#include "support/programs.hpp"

namespace {

using cleave::Builder;
using test::Batch, test::Evaluates, test::input;

struct Repeats : Evaluates {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    const auto unused = tanh(x);
    static_cast<void>(unused);
    b.output((relu(x) + relu(x)).id);
  }
};
static_assert(cleave::traced<Repeats>.size() == 5);
static_assert(cleave::merged<Repeats>.size() == 4);
static_assert(cleave::graph<Repeats>.size() == 3);

// Operands of commutative operations have no order; others do.
struct Swapped : Evaluates {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    const auto y = input<Batch>(b, "y");
    b.output(((x + y) * (y + x) + (x - y) / (y - x)).id);
  }
};
static_assert(cleave::printed<test::Merged<Swapped>> == "%0 = input : f32[N4, C3] \"x\"\n"
                                                        "%1 = input : f32[N4, C3] \"y\"\n"
                                                        "%2 = add %0 %1 : f32[N4, C3]\n"
                                                        "%3 = mul %2 %2 : f32[N4, C3]\n"
                                                        "%4 = sub %0 %1 : f32[N4, C3]\n"
                                                        "%5 = sub %1 %0 : f32[N4, C3]\n"
                                                        "%6 = div %4 %5 : f32[N4, C3]\n"
                                                        "%7 = add %3 %6 : f32[N4, C3]\n"
                                                        "output %7\n");
static_assert(test::is_well_formed<Swapped, 4>());

// --- numbers spread over the hash table, although they differ in their highest bits only
constexpr int homes_of_numbers(int count, unsigned slots) {
  cleave::detail::Vector<bool> taken(static_cast<int>(slots), false);
  int homes = 0;
  for (int i = 0; i < count; ++i) {
    cleave::Node number;
    number.op = &cleave::rule<cleave::NumberLeaf>;
    number.attributes.number = i;
    bool& home = taken[static_cast<int>(cleave::detail::hash_node(number) & (slots - 1))];
    homes += home ? 0 : 1;
    home = true;
  }
  return homes;
}
static_assert(homes_of_numbers(200, 512) > 140); // at random: 165

} // namespace
