// SPDX-License-Identifier: Apache-2.0
// Derivatives of programs that contain a gradient, against central differences.
#include "support/law.hpp"
#include "support/programs.hpp"

namespace {

using cleave::axes::C, cleave::axes::N;

/// A program whose only output is a loss.
struct Wanted : test::Trains {
  static constexpr cleave::GradientRequest request(const char* /*name*/, bool /*is_parameter*/) {
    return cleave::GradientRequest::write;
  }
  static constexpr auto x(cleave::Builder& b) { return test::input<law::Sample, double>(b, "x"); }
  static constexpr auto loss_of(auto x) {
    return cleave::mean<N, C>(tanh(x * test::parameter<cleave::Shape<C<5>>, double>(*x.builder, "w")));
  }
  static constexpr void outputs(cleave::Builder& b, auto loss) {
    b.output(cleave::block_grad(loss).id);
    b.output(loss.id);
  }
};

struct MeanOfGradientOfMean : Wanted {
  static constexpr void trace(cleave::Builder& b) {
    const auto x = Wanted::x(b);
    const auto dx = cleave::gradient(loss_of(x), x);
    outputs(b, cleave::mean<N>(cleave::sum<C>(dx * dx)));
  }
};

struct GradientTwice : Wanted {
  static constexpr void trace(cleave::Builder& b) {
    const auto x = Wanted::x(b);
    const auto dx = cleave::gradient(loss_of(x), x);
    const auto ddx = cleave::gradient(cleave::mean<N>(cleave::sum<C>(dx * dx)), x);
    outputs(b, cleave::sum<N, C>(ddx * ddx));
  }
};

struct GradientBesideItsOperand : Wanted { // one path to x leads through the mean, the other does not
  static constexpr void trace(cleave::Builder& b) {
    const auto x = Wanted::x(b);
    outputs(b, cleave::sum<N, C>(cleave::gradient(loss_of(x), x) * x));
  }
};

} // namespace

TEST_CASE("a mean of a gradient of a mean is divided by the rows twice", "[passes]") {
  static_assert(!cleave::fault_of<MeanOfGradientOfMean>);
  law::check_gradient<MeanOfGradientOfMean>(-1, 1);
}

TEST_CASE("a gradient of a gradient is the derivative of what the program computes", "[passes]") {
  static_assert(!cleave::fault_of<GradientTwice>);
  law::check_gradient<GradientTwice>(-1, 1);
}

TEST_CASE("a gradient of a mean may meet what no mean was taken of", "[passes]") {
  static_assert(!cleave::fault_of<GradientBesideItsOperand>);
  law::check_gradient<GradientBesideItsOperand>(-1, 1);
}
