// SPDX-License-Identifier: Apache-2.0
// By what gradients are divided where several heads, or a head and a mean, say so.
#include "support/law.hpp"
#include "support/programs.hpp"

namespace {

using cleave::Normalization, cleave::Shape;
using cleave::axes::C, cleave::axes::N;
using X = Shape<N<4>, C<3>>;

struct Scored : test::Trains {
  static constexpr auto scores(cleave::Builder& b) {
    return test::input<X, double>(b, "x") * test::parameter<Shape<C<3>>, double>(b, "w");
  }
};

struct Plain : Scored { // mean of tanh(x w)
  static constexpr void trace(cleave::Builder& b) { b.output(cleave::mean<N>(cleave::sum<C>(tanh(scores(b)))).id); }
};
struct MeanBelowHead : Scored { // the head divides by the rows once more
  static constexpr void trace(cleave::Builder& b) {
    const auto loss = cleave::mean<N>(cleave::sum<C>(tanh(scores(b))));
    b.output(cleave::make_loss(loss, {.normalization = Normalization::rows}).id);
  }
};

template <Normalization By>
struct ScaledHead : Scored { // its gradient is multiplied by the mean's cotangent, 1 / rows
  static constexpr void trace(cleave::Builder& b) {
    test::input<Shape<N<4>>, double>(b, "s_label");
    const auto p = cleave::softmax_output<"s">(scores(b), {.normalization = By, .out_grad = true});
    b.output(cleave::mean<N>(cleave::sum<C>(p)).id);
    b.output(p.id);
  }
};
struct Head : Scored {
  static constexpr void trace(cleave::Builder& b) {
    test::input<Shape<N<4>>, double>(b, "s_label");
    b.output(cleave::softmax_output<"s">(scores(b), {.normalization = Normalization::none}).id);
  }
};

struct PlainSums : Scored { // both heads are divided by nothing
  static constexpr void trace(cleave::Builder& b) {
    const auto h = tanh(scores(b));
    b.output(cleave::make_loss(cleave::sum<C>(h), {.normalization = Normalization::none}).id);
    b.output(cleave::sum<N, C>(h).id);
  }
};
struct PlainSum : Scored {
  static constexpr void trace(cleave::Builder& b) { b.output(cleave::sum<N, C>(tanh(scores(b))).id); }
};

/// The gradient of w, divided as an optimizer divides it, times a factor.
template <class Program>
test::Numbers divided(double factor) {
  static_assert(!cleave::fault_of<Program>);
  test::Runner<Program, 4> runner;
  runner.set("x", law::samples(12, -1, 1, 1));
  runner.set("w", law::samples(3, -1, 1, 2));
  const auto leaves = test::Runner<Program, 4>::leaves();
  if (std::find(leaves.begin(), leaves.end(), "s_label") != leaves.end()) {
    runner.set("s_label", {0, 1, 2, -1});
  }
  runner.poison();
  runner.forward();
  runner.backward();
  test::Numbers gradient = runner.gradient("w");
  for (double& g : gradient) {
    g *= factor / runner.divisor();
  }
  return gradient;
}
void check_near(const test::Numbers& a, const test::Numbers& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i] == Approx(b[i]).epsilon(1e-12));
  }
}

} // namespace

TEST_CASE("a mean below a head that divides by the rows divides by them as well", "[passes]") {
  check_near(divided<MeanBelowHead>(4), divided<Plain>(1));
}

TEST_CASE("a head that a mean scales divides by its own count besides", "[passes]") {
  check_near(divided<ScaledHead<Normalization::none>>(4), divided<Head>(1));
  check_near(divided<ScaledHead<Normalization::rows>>(16), divided<Head>(1));
  check_near(divided<ScaledHead<Normalization::valid>>(12), divided<Head>(1)); // 3 labels are valid
}

TEST_CASE("a head that is divided by nothing and a plain sum agree", "[passes]") {
  check_near(divided<PlainSums>(1), divided<PlainSum>(2));
}
