// SPDX-License-Identifier: Apache-2.0
#include <cleave/train/initializer.hpp>

#include <support/scratch_folder.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace {

using Catch::Contains;
using cleave::Constant;
using cleave::Dims;
using cleave::DType;
using cleave::extent;
using cleave::Uniform;
using cleave::Xavier;
using support::error_of;
using Fan = Xavier::Fan;
using Distribution = Xavier::Distribution;

Dims dims_of(std::initializer_list<extent> extents) {
  Dims dims;
  const char* letter = "OCHW";
  for (const extent size : extents) {
    dims.push_back(*letter++, size);
  }
  return dims;
}

template <class T = float, class Initializer>
std::vector<T> filled(const Initializer& initializer, const char* name, const Dims& dims, std::uint64_t seed = 1,
                      int index = 0) {
  std::vector<T> values(static_cast<std::size_t>(dims.size()), T{-99});
  initializer({name, index, dims, cleave::dtype_v<T>, values.data()}, seed);
  return values;
}

double deviation(const std::vector<float>& values) {
  double squares = 0;
  for (const float value : values) {
    squares += static_cast<double>(value) * static_cast<double>(value);
  }
  return std::sqrt(squares / static_cast<double>(values.size()));
}

float largest(const std::vector<float>& values) {
  float most = 0;
  for (const float value : values) {
    most = std::max(most, std::abs(value));
  }
  return most;
}

// Scales recorded from MXNet 1.9.1 (tests/data/oracle/initializers.json).
TEST_CASE("xavier's scale is MXNet's", "[train][initializer]") {
  struct Case {
    std::initializer_list<extent> shape;
    Fan fan;
    double magnitude;
    double scale;
  };
  const double prelu = 2 / (1 + 0.25 * 0.25);
  const Case cases[] = {
      {{64, 64}, Fan::average, 3, 0.21650635094610965},      {{64, 64}, Fan::in, 2.34, 0.19121323175972943},
      {{64, 64}, Fan::out, 3, 0.21650635094610965},          {{64, 64}, Fan::average, prelu, 0.17149858514250885},
      {{10, 64}, Fan::average, 3, 0.2847473987257497},       {{10, 64}, Fan::in, 2.34, 0.19121323175972943},
      {{10, 64}, Fan::out, 3, 0.5477225575051661},           {{10, 64}, Fan::average, prelu, 0.22555354977384037},
      {{32, 3, 3, 3}, Fan::average, 3, 0.13801311186847084}, {{32, 3, 3, 3}, Fan::in, 2.34, 0.29439202887759486},
      {{32, 3, 3, 3}, Fan::out, 3, 0.10206207261596575},     {{32, 3, 3, 3}, Fan::average, prelu, 0.10932267489210504},
      {{20, 1, 5, 5}, Fan::average, 3, 0.10690449676496976}, {{20, 1, 5, 5}, Fan::in, 2.34, 0.3059411708155671},
      {{20, 1, 5, 5}, Fan::out, 3, 0.07745966692414834},     {{20, 1, 5, 5}, Fan::average, prelu, 0.0846809798439941},
      {{500, 800}, Fan::average, 3, 0.06793662204867575},    {{500, 800}, Fan::in, 2.34, 0.054083269131959835},
      {{500, 800}, Fan::out, 3, 0.07745966692414834},        {{500, 800}, Fan::average, prelu, 0.053813823519705},
  };
  for (const Case& c : cases) {
    CHECK(Xavier{c.fan, c.magnitude}.scale("w_weight", dims_of(c.shape)) == Approx(c.scale).epsilon(1e-9));
  }
}

TEST_CASE("uniform weights fill their interval", "[train][initializer]") {
  const std::vector<float> plain = filled(Uniform{}, "fc_weight", dims_of({100, 50}));
  CHECK(largest(plain) <= 0.07F);
  CHECK(largest(plain) > 0.0699F);
  CHECK(deviation(plain) == Approx(0.07 / std::sqrt(3.)).epsilon(0.03));

  const std::vector<float> xavier = filled(Xavier{}, "fc_weight", dims_of({64, 64}));
  CHECK(largest(xavier) <= 0.2165064F);
  CHECK(deviation(xavier) == Approx(0.2165064 / std::sqrt(3.)).epsilon(0.03));
  CHECK(*std::min_element(xavier.begin(), xavier.end()) < -0.21F);
  CHECK(*std::max_element(xavier.begin(), xavier.end()) > 0.21F);
}

TEST_CASE("gaussian weights have the deviation asked for", "[train][initializer]") {
  const std::vector<float> values =
      filled(Xavier{.distribution = Distribution::gaussian}, "fc_weight", dims_of({64, 64}));
  CHECK(deviation(values) == Approx(0.2165064).epsilon(0.03));
  CHECK(largest(values) > 0.6F);
}

TEST_CASE("biases and betas begin at 0 and gammas at 1, whatever the initializer", "[train][initializer]") {
  const Dims three = dims_of({3});
  const auto check = [&](const auto& initializer) {
    CHECK(filled(initializer, "fc_bias", three) == std::vector<float>{0, 0, 0});
    CHECK(filled(initializer, "bn_beta", three) == std::vector<float>{0, 0, 0});
    CHECK(filled(initializer, "bn_gamma", three) == std::vector<float>{1, 1, 1});
    for (const char* name : {"foo", "bn_moving_mean", "bn_running_var", "weights", "fc_weight_0", ""}) {
      INFO(name);
      CHECK_THAT(
          error_of([&] { (void)filled(initializer, name, three); }),
          Contains(std::string("unknown parameter name ") + name + ": names end with weight, bias, gamma or beta"));
    }
  };
  check(Uniform{0.1});
  check(Xavier{});
  check(Constant{2.5});
}

TEST_CASE("a constant weight is that constant, in float and double", "[train][initializer]") {
  CHECK(filled(Constant{2.5}, "fc_weight", dims_of({2, 2})) == std::vector<float>{2.5, 2.5, 2.5, 2.5});
  CHECK(filled<double>(Constant{0.1}, "weight", dims_of({2})) == std::vector<double>{0.1, 0.1});
}

TEST_CASE("xavier needs weights of two axes", "[train][initializer]") {
  CHECK_THAT(error_of([&] { (void)filled(Xavier{}, "a_weight", dims_of({5})); }),
             Contains("at least 2 axes, but a_weight has 1"));
}

TEST_CASE("integer parameters are refused", "[train][initializer]") {
  CHECK_THAT(error_of([&] { (void)filled<std::int32_t>(Uniform{}, "a_weight", dims_of({5})); }),
             Contains("expected the parameter a_weight to hold f32 or f64, but it holds i32"));
}

TEST_CASE("values depend on the seed and the parameter's place only", "[train][initializer]") {
  const Dims dims = dims_of({4, 4});
  CHECK(filled(Xavier{}, "a_weight", dims, 1, 0) == filled(Xavier{}, "b_weight", dims, 1, 0));
  CHECK(filled(Xavier{}, "a_weight", dims, 1, 0) != filled(Xavier{}, "a_weight", dims, 2, 0));
  CHECK(filled(Xavier{}, "a_weight", dims, 1, 0) != filled(Xavier{}, "a_weight", dims, 1, 1));
}

} // namespace
