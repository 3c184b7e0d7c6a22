// SPDX-License-Identifier: Apache-2.0
// The functions of floats against the C library's of doubles. Each run takes another part of all floats; the whole:
//   runtime_tests "[exhaustive]"     (minutes; `native_tests` the same with the machine's own instruction set)
#include <cleave/base/math.hpp>

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <limits>
#include <vector>

namespace {

namespace math = cleave::math;

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr float least = std::numeric_limits<float>::denorm_min();
constexpr float most = std::numeric_limits<float>::max();

struct Function {
  const char* name;
  void (*run)(const float* x, float* y, int count); ///< a plain loop, which the compiler turns into vector code
  float (*one)(float x);                            ///< the same, by itself
  double (*reference)(double x);
};

#define FUNCTION(name, expression)                                                                                     \
  Function {                                                                                                           \
    #name,                                                                                                             \
        [](const float* x, float* y, int count) {                                                                      \
          for (int i = 0; i < count; ++i) {                                                                            \
            y[i] = math::name(x[i]);                                                                                   \
          }                                                                                                            \
        },                                                                                                             \
        [](float x) { return math::name(x); }, [](double x) -> double { return expression; }                           \
  }

double normal_cdf(double x) { return 0.5 * std::erfc(-x * 0.70710678118654752440); }

const Function functions[] = {
    FUNCTION(exp, std::exp(x)),
    FUNCTION(expm1, std::expm1(x)),
    FUNCTION(log, std::log(x)),
    FUNCTION(log1p, std::log1p(x)),
    FUNCTION(tanh, std::tanh(x)),
    FUNCTION(sigmoid, 1 / (1 + std::exp(-x))),
    FUNCTION(softplus, x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x))),
    FUNCTION(erf, std::erf(x)),
    FUNCTION(erfc, std::erfc(x)),
    FUNCTION(normal_cdf, normal_cdf(x)),
    FUNCTION(gelu, x < -40 ? -0. : x * normal_cdf(x)),
    FUNCTION(sin, std::sin(x)),
    FUNCTION(cos, std::cos(x)),
    FUNCTION(rsqrt, 1 / std::sqrt(x)),
};

float float_of(std::uint32_t bits) {
  float x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}
std::uint32_t bits_of(float x) {
  std::uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}

/// How far `got` is from `expected`, in units of the last place that a float near `expected` has. Infinity stands where
/// the next float would. Infinite where one is NaN and the other not, or signs differ.
double error_of(float got, double expected) {
  if (std::isnan(expected) || std::isnan(got)) {
    return std::isnan(expected) && std::isnan(got) ? 0 : std::numeric_limits<double>::infinity();
  }
  if (std::signbit(got) != std::signbit(expected)) {
    return std::numeric_limits<double>::infinity();
  }
  constexpr double next = 0x1p128;
  const double wanted = std::fmin(std::fabs(expected), next);
  const double value = std::fmin(std::fabs(static_cast<double>(got)), next);
  std::uint64_t bits;
  std::memcpy(&bits, &wanted, sizeof bits);
  const auto exponent = static_cast<std::int64_t>(bits >> 52U); // a double's, biased by 1023
  // The last place is 2^(exponent - 1023 - 23), at least 2^-149, at most 2^104.
  const std::int64_t place = std::min<std::int64_t>(std::max<std::int64_t>(exponent - 23, 1023 - 149), 1023 + 104);
  const std::uint64_t inverse_bits = static_cast<std::uint64_t>(2046 - place) << 52U;
  double inverse;
  std::memcpy(&inverse, &inverse_bits, sizeof inverse);
  return std::fabs(value - wanted) * inverse;
}

struct Worst {
  double error = 0;
  float at = 0;
};

/// The largest error over every `step`-th float from `first` on.
Worst worst_of(const Function& function, std::uint64_t first, std::uint64_t step) {
  constexpr int count = 1024;
  float x[count];
  float y[count];
  Worst worst;
  for (std::uint64_t from = first; from < (std::uint64_t(1) << 32U); from += count * step) {
    int n = 0;
    for (std::uint64_t bits = from; n < count && bits < (std::uint64_t(1) << 32U); bits += step) {
      x[n++] = float_of(static_cast<std::uint32_t>(bits));
    }
    function.run(x, y, n);
    for (int i = 0; i < n; ++i) {
      const double error = error_of(y[i], function.reference(static_cast<double>(x[i])));
      if (error > worst.error) {
        worst = {error, x[i]};
      }
    }
  }
  return worst;
}

} // namespace

TEST_CASE("functions of floats are within one unit of the last place, in a part of all floats that rotates",
          "[base][math]") {
  constexpr std::uint64_t parts = 2048;
  const auto part = static_cast<std::uint64_t>(std::time(nullptr)) / 3600 % parts;
  std::printf("math: floats %llu + %llu i\n", static_cast<unsigned long long>(part),
              static_cast<unsigned long long>(parts));
  for (const Function& function : functions) {
    const Worst worst = worst_of(function, part, parts);
    INFO(function.name << " at " << worst.at << ", part " << part);
    CHECK(worst.error <= 1);
  }
}

TEST_CASE("functions of floats are within one unit of the last place for all floats", "[.][exhaustive]") {
  for (const Function& function : functions) {
    const Worst worst = worst_of(function, 0, 1);
    std::printf("%-10s %.4f ULP at %a\n", function.name, worst.error, static_cast<double>(worst.at));
    std::fflush(stdout);
    CHECK(worst.error <= 1);
  }
}

TEST_CASE("an element has the same bits in every lane and in the rest of a loop", "[base][math]") {
  std::vector<float> x;
  for (std::uint64_t bits = 12345; bits < (std::uint64_t(1) << 32U); bits += 67280421) {
    x.push_back(float_of(static_cast<std::uint32_t>(bits)));
  }
  for (int i = 0; i < 64; ++i) {
    x.push_back(0.37F * static_cast<float>(i - 32)); // where functions vary
  }
  for (const Function& function : functions) {
    for (std::size_t first = 0; first < 17; ++first) {
      for (const std::size_t count :
           {std::size_t(1), std::size_t(3), std::size_t(7), std::size_t(13), std::size_t(33), x.size() - first}) {
        std::vector<float> y(count);
        function.run(x.data() + first, y.data(), static_cast<int>(count));
        std::size_t different = 0;
        for (std::size_t i = 0; i < count; ++i) {
          const float alone = function.one(x[first + i]);
          different += std::isnan(alone) ? !std::isnan(y[i]) : bits_of(alone) != bits_of(y[i]);
        }
        INFO(function.name << ", " << count << " elements from " << first);
        CHECK(different == 0);
      }
    }
  }
}

TEST_CASE("functions keep the values of zeros, infinities, NaN and subnormal numbers", "[base][math]") {
  struct Value {
    float got;
    float expected;
  };
  const Value values[] = {
      {math::exp(-infinity), 0},
      {math::exp(infinity), infinity},
      {math::exp(-0.F), 1},
      {math::exp(89.F), infinity},
      {math::exp(-103.F), least},
      {math::exp(-104.F), 0},
      {math::expm1(-0.F), -0.F},
      {math::expm1(least), least},
      {math::expm1(-infinity), -1},
      {math::expm1(infinity), infinity},
      {math::log(0.F), -infinity},
      {math::log(-0.F), -infinity},
      {math::log(1.F), 0},
      {math::log(infinity), infinity},
      {math::log(-1.F), not_a_number},
      {math::log(-infinity), not_a_number},
      {math::log(least), -103.2789307F},
      {math::log1p(-0.F), -0.F},
      {math::log1p(least), least},
      {math::log1p(-1.F), -infinity},
      {math::log1p(-1.5F), not_a_number},
      {math::log1p(infinity), infinity},
      {math::log1p(most), 88.72283936F},
      {math::tanh(-0.F), -0.F},
      {math::tanh(-least), -least},
      {math::tanh(infinity), 1},
      {math::tanh(-infinity), -1},
      {math::sigmoid(-infinity), 0},
      {math::sigmoid(infinity), 1},
      {math::sigmoid(-0.F), 0.5F},
      {math::softplus(-infinity), 0},
      {math::softplus(infinity), infinity},
      {math::softplus(most), most},
      {math::erf(-0.F), -0.F},
      {math::erf(infinity), 1},
      {math::erf(-infinity), -1},
      {math::erfc(infinity), 0},
      {math::erfc(-infinity), 2},
      {math::normal_cdf(-infinity), 0},
      {math::normal_cdf(infinity), 1},
      {math::gelu(-infinity), -0.F},
      {math::gelu(infinity), infinity},
      {math::gelu(-0.F), -0.F},
      {math::gelu(-1e30F), -0.F},
      {math::sin(-0.F), -0.F},
      {math::sin(least), least},
      {math::sin(infinity), not_a_number},
      {math::cos(-infinity), not_a_number},
      {math::cos(0.F), 1},
      {math::sin(most), -0.521876523F},
      {math::cos(most), 0.85302104F},
      {math::rsqrt(0.F), infinity},
      {math::rsqrt(-0.F), -infinity},
      {math::rsqrt(infinity), 0},
      {math::rsqrt(-1.F), not_a_number},
      {math::rsqrt(4.F), 0.5F},
  };
  int row = 0;
  for (const Value& value : values) {
    INFO("row " << row++ << ": " << value.got << " for " << value.expected);
    CHECK((std::isnan(value.expected) ? std::isnan(value.got) : bits_of(value.got) == bits_of(value.expected)));
  }
  for (const Function& function : functions) {
    INFO(function.name);
    CHECK(std::isnan(function.one(not_a_number)));
    CHECK(std::isnan(function.one(-not_a_number)));
  }
}

TEST_CASE("functions of doubles agree with the C library's of long doubles", "[base][math]") {
  struct OfDouble {
    const char* name;
    double (*run)(double x);
    long double (*reference)(long double x);
    double units;
  };
  const OfDouble all[] = {
      {"exp", [](double x) { return math::exp(x); }, [](long double x) { return std::exp(x); }, 1.5},
      {"expm1", [](double x) { return math::expm1(x); }, [](long double x) { return std::expm1(x); }, 1.5},
      {"log", [](double x) { return math::log(x); }, [](long double x) { return std::log(x); }, 1.5},
      {"log1p", [](double x) { return math::log1p(x); }, [](long double x) { return std::log1p(x); }, 1.5},
      {"tanh", [](double x) { return math::tanh(x); }, [](long double x) { return std::tanh(x); }, 3},
      {"sigmoid", [](double x) { return math::sigmoid(x); }, [](long double x) { return 1 / (1 + std::exp(-x)); }, 3},
      {"softplus", [](double x) { return math::softplus(x); },
       [](long double x) { return std::fmax(x, 0.L) + std::log1p(std::exp(-std::fabs(x))); }, 3},
  };
  std::vector<double> samples{0.,
                              -0.,
                              1e-320,
                              -1e-320,
                              1e-20,
                              -1e-20,
                              1e300,
                              -1e300,
                              -1.,
                              std::numeric_limits<double>::infinity(),
                              -std::numeric_limits<double>::infinity(),
                              std::numeric_limits<double>::quiet_NaN()};
  for (int i = -40000; i < 40000; ++i) {
    samples.push_back(i * 0.0177373797);
    samples.push_back(i * 5.0000123e-5);
  }
  for (const OfDouble& function : all) {
    double worst = 0;
    double at = 0;
    for (const double x : samples) {
      const long double expected = function.reference(x);
      const double got = function.run(x);
      const auto rounded = static_cast<double>(expected);
      double error = 0;
      if (std::isnan(rounded) || std::isinf(rounded) || std::isnan(got) || std::isinf(got)) {
        const bool same = std::isnan(rounded) ? std::isnan(got) : got == rounded;
        error = same ? 0 : std::numeric_limits<double>::infinity();
      } else if (std::signbit(got) != std::signbit(rounded)) {
        error = std::numeric_limits<double>::infinity();
      } else {
        const double place = rounded == 0 ? 0 : std::ldexp(1., std::ilogb(rounded) - 52);
        error = static_cast<double>(std::fabs(got - expected)) /
                std::fmax(place, std::numeric_limits<double>::denorm_min());
      }
      if (error > worst) {
        worst = error;
        at = x;
      }
    }
    INFO(function.name << " at " << at);
    CHECK(worst <= function.units);
  }
}
