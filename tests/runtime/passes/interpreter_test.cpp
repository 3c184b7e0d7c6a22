// SPDX-License-Identifier: Apache-2.0
// Models of many kinds, optimised by all passes, give what their nodes give one by one.
#include "support/interpreter.hpp"
#include "support/programs.hpp"

#include <cleave/cleave.hpp>

#include <catch2/catch.hpp>

using cleave::axes::C, cleave::axes::N, cleave::axes::T;

namespace {

constexpr cleave::extent rows = 4;

template <class X, class Y, class V, class S, class Sequence, class Label>
struct Inputs {
  X x;        // N C
  Y y;        // N C
  V v;        // N
  S s;        // C, the same for all rows
  Sequence t; // N T C
  Label label;
};

/// A loss that reads every input, so that each has a gradient.
constexpr auto rest(auto in) { return sum(in.x * in.y) * 0.01 + sum(in.t * in.s) * 0.01 + sum(in.v * in.v); }

/// Traces a model of the inputs above and wants all gradients but the labels'.
template <class Model>
struct Program {
  static constexpr bool differentiated = true;
  static constexpr cleave::GradientRequest request(const char* name, bool is_parameter) {
    return is_parameter || name[0] != 'l' ? cleave::GradientRequest::write : cleave::GradientRequest::none;
  }
  static constexpr void trace(cleave::Builder& b) {
    const Inputs in{test::input<cleave::Shape<N<rows>, C<5>>, double>(b, "x"),
                    test::input<cleave::Shape<N<rows>, C<5>>, double>(b, "y"),
                    test::input<cleave::Shape<N<rows>>, double>(b, "v"),
                    test::input<cleave::Shape<C<5>>, double>(b, "s"),
                    test::input<cleave::Shape<N<rows>, T<3>, C<5>>, double>(b, "t"),
                    test::input<cleave::Shape<N<rows>>, double>(b, "label")};
    cleave::detail::list_outputs(b, Model{}(in));
  }
};

struct SharedSubexpressions {
  constexpr auto operator()(auto in) const {
    const auto product = in.x * in.y + in.y * in.x;
    const auto again = in.y * in.x;
    return cleave::outputs(sum(tanh(product) * again) + sum(tanh(product)) + rest(in), block_grad(again));
  }
};
struct NeutralConstants {
  constexpr auto operator()(auto in) const {
    const auto a = (0.0 + in.x * 1.0 - 0.0) / 1.0;
    const auto b = 1.0 * in.y + 0.0;
    const auto c = in.x * 0.0 + 1.0;
    return cleave::outputs(sum(sin(a) * b / c) + sum((0.0 - a) * 2.0 / 0.5) + rest(in));
  }
};
struct Negations {
  constexpr auto operator()(auto in) const {
    const auto a = -(-in.x);
    const auto b = in.y - (-a);
    return cleave::outputs(sum((-a) * (-b)) + sum(exp(((-b) + in.v) * (-0.3))) + rest(in), block_grad(-(-b)));
  }
};
struct OutputsOfOneValue {
  constexpr auto operator()(auto in) const {
    const auto a = softplus(in.x) + in.v;
    return cleave::outputs(block_grad(a), sum(a * sigmoid(in.y)) + rest(in), block_grad(a), block_grad(in.s));
  }
};
struct BlockedPath {
  constexpr auto operator()(auto in) const {
    const auto a = square(in.x);
    return cleave::outputs(sum(a * block_grad(a * in.y)) + sum(atan(block_grad(in.y) + a)) + rest(in));
  }
};
struct GradientInside {
  constexpr auto operator()(auto in) const {
    const auto inner = sum(silu(in.t * in.s) * tanh(in.x));
    const auto slope = cleave::gradient(inner, in.x);
    return cleave::outputs(sum(square(slope)) + inner * 0.1 + rest(in), block_grad(slope));
  }
};
struct Reductions {
  constexpr auto operator()(auto in) const {
    const auto by_row = max<C>(in.t) + min<C>(in.t) * prod<C>(in.x);
    const auto spread = sqrt(var<T, C>(in.t) + 0.1) + norm<C>(in.y + 3.0);
    const auto by_class = sum<N, T>(in.t) / (square(in.s) + 1.0);
    return cleave::outputs(sum(by_row * spread) + sum(logsumexp<C>(in.x) * in.v) + sum(by_class) + rest(in));
  }
};
struct Products {
  constexpr auto operator()(auto in) const {
    const auto scores = cleave::einsum<"NTC,NC->NT">(in.t, cleave::linear<"fc", C<5>>(in.x));
    const auto square_of_y = cleave::einsum<"NC,NC->N">(in.y, in.y);
    return cleave::outputs(sum(gelu(scores) * square_of_y) + sum(dot<C>(in.y, in.s) * in.v) + rest(in),
                           block_grad(scores));
  }
};
struct Attention {
  constexpr auto operator()(auto in) const {
    const auto weights = softmax<T>(cleave::einsum<"NTC,NC->NT">(in.t, in.x));
    const auto mixed = cleave::einsum<"NT,NTC->NC">(weights, in.t);
    return cleave::outputs(sum(log_softmax<C>(mixed) * in.y) + sum(softmin<C>(mixed * 1.0) * in.s) + rest(in),
                           block_grad(weights));
  }
};
struct Movement {
  constexpr auto operator()(auto in) const {
    const auto rolled = cleave::concat<C>(cleave::slice<C, 2, 5>(in.x), cleave::flip<C>(cleave::slice<C, 0, 2>(in.x)));
    const auto padded = cleave::slice<T, 1, 4>(cleave::pad<T, 1, 1>(in.t));
    const auto turned = cleave::transpose<N, T, C>(cleave::transpose<C, N, T>(padded));
    const auto second = cleave::slice<C, 5, 10>(cleave::concat<C>(rolled, rolled * 0.5));
    return cleave::outputs(sum(turned * rolled) + sum(second * cleave::slice<C, 0, 5>(cleave::tile<C, 2>(in.y))) +
                           rest(in));
  }
};
struct Choices {
  constexpr auto operator()(auto in) const {
    const auto larger = where(greater(in.x, in.y), in.x, in.y * 2.0);
    const auto clipped = clip(maximum(in.t, in.s), -0.7, 0.9) + cleave::dropout<"kept">(in.t, 0.3);
    return cleave::outputs(sum(larger * in.v) + sum(hypot(clipped, larger)) + rest(in), block_grad(larger));
  }
};
struct CrossEntropy {
  constexpr auto operator()(auto in) const {
    const auto logits = cleave::linear<"out", C<5>>(relu(cleave::linear<"in", C<5>>(in.x)) * in.s);
    return cleave::outputs(sum(cross_entropy<C>(logits, in.label)) + rest(in), block_grad(softmax<C>(logits)));
  }
};

/// Values off zero, of either sign; classes for labels.
test::Numbers sample(const std::string& name, std::size_t size, unsigned seed) {
  test::Numbers values(size);
  unsigned state = seed * 7919U + 17U;
  for (std::size_t i = 0; i < size; ++i) {
    state = state * 1664525U + 1013904223U;
    const double number = 0.1 + 1.2 * static_cast<double>(state >> 8U) / 16777216.;
    const bool is_class = name == "label";
    values[i] = is_class ? static_cast<double>(i % 3) : (state >> 7U) % 2 == 0 ? number : -number;
  }
  return values;
}

void check_close(const test::Numbers& numbers, const test::Numbers& expected) {
  REQUIRE(numbers.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(numbers[i] == Approx(expected[i]).epsilon(1e-12).margin(1e-12));
  }
}

} // namespace

TEMPLATE_TEST_CASE("a program gives what its nodes give one by one", "[passes]", SharedSubexpressions, NeutralConstants,
                   Negations, OutputsOfOneValue, BlockedPath, GradientInside, Reductions, Products, Attention, Movement,
                   Choices, CrossEntropy) {
  using Traced = Program<TestType>;
  STATIC_REQUIRE(test::is_well_formed<Traced, rows>());
  test::Runner<Traced, rows> runner;
  test::Interpreter<Traced, rows> interpreter;
  unsigned seed = 0;
  for (const std::string& name : runner.leaves()) {
    const test::Numbers values = sample(name, runner.size(name), ++seed);
    runner.set(name, values);
    interpreter.set(name, values);
  }
  interpreter.run();

  runner.poison();
  runner.forward();
  std::vector<test::Numbers> outputs;
  for (const cleave::Result& result : cleave::graph<Traced>.results) {
    if (result.role == cleave::Role::output) {
      const int index = static_cast<int>(outputs.size());
      outputs.push_back(runner.output(index));
      INFO("output " << index);
      check_close(outputs.back(), interpreter.output(index));
    }
  }
  REQUIRE_FALSE(outputs.empty());

  runner.backward();
  for (std::size_t index = 0; index < outputs.size(); ++index) {
    INFO("output " << index << " after backward");
    CHECK(runner.output(static_cast<int>(index)) == outputs[index]);
  }
  const auto gradients = interpreter.gradients();
  REQUIRE(gradients.size() >= 5); // of all inputs but labels
  for (const auto& [name, expected] : gradients) {
    INFO("gradient of " << name);
    check_close(runner.gradient(name), expected);
  }
}
