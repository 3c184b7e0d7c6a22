// SPDX-License-Identifier: Apache-2.0
#include <cleave/ops/kernels.hpp>

#include "support/kernel_call.hpp"
#include "support/numbers.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace {

namespace kernels = cleave::kernels;
using cleave::extent;
using test::numbers;

template <class T>
constexpr T infinity = std::numeric_limits<T>::infinity();

struct Sizes {
  extent outer, classes, inner;
  [[nodiscard]] extent count() const { return outer * classes * inner; }
};

template <class T>
std::vector<T> run(cleave::Kernel kernel, const std::vector<T>& a, const std::vector<T>& b, Sizes sizes, double scale) {
  std::vector<T> made(a.size(), std::numeric_limits<T>::quiet_NaN());
  test::KernelCall call(made, {a.data(), b.data()}, {sizes.outer, sizes.classes, sizes.inner});
  call.arguments.numbers[0] = scale;
  call.run(kernel);
  return made;
}

/// Compares the four kernels with loops in long doubles.
template <class T>
void check(Sizes sizes, double scale, double width) {
  const std::vector<T> x = numbers<T>(sizes.count(), 1, 0, width);
  const std::vector<T> dy = numbers<T>(sizes.count(), 2, 0, 1);
  const std::vector<T> p = run(&kernels::softmax<T>, x, x, sizes, scale);
  const std::vector<T> log_p = run(&kernels::log_softmax<T>, x, x, sizes, scale);
  const std::vector<T> dx = run(&kernels::softmax_gradient<T>, p, dy, sizes, scale);
  const std::vector<T> log_dx = run(&kernels::log_softmax_gradient<T>, log_p, dy, sizes, scale);
  double worst = 0;
  const auto compare = [&](long double got, long double expected, long double unit) {
    const auto error = static_cast<double>(std::fabs(got - expected) / unit);
    worst = std::isnan(error) ? infinity<double> : std::max(worst, error);
  };
  for (extent o = 0; o < sizes.outer; ++o) {
    for (extent i = 0; i < sizes.inner; ++i) {
      const auto at = [&](extent c) { return static_cast<std::size_t>((o * sizes.classes + c) * sizes.inner + i); };
      long double largest = -infinity<long double>;
      long double total = 0;
      long double product = 0;
      long double cotangents = 0;
      for (extent c = 0; c < sizes.classes; ++c) {
        largest = std::max(largest, static_cast<long double>(scale) * x[at(c)]);
      }
      for (extent c = 0; c < sizes.classes; ++c) {
        total += std::exp(static_cast<long double>(scale) * x[at(c)] - largest);
        product += static_cast<long double>(p[at(c)]) * dy[at(c)];
        cotangents += static_cast<double>(dy[at(c)]);
      }
      for (extent c = 0; c < sizes.classes; ++c) {
        const long double z = static_cast<long double>(scale) * x[at(c)] - largest;
        const long double expected = std::exp(z) / total;
        // the exponent's rounding grows with the exponent, and below -87 a float may be 0
        const bool may_be_zero = sizeof(T) == sizeof(float) && z < -86.9 && p[at(c)] == 0;
        compare(may_be_zero ? expected : p[at(c)], expected,
                expected * (4 + std::fabs(z)) + std::numeric_limits<T>::min());
        compare(log_p[at(c)], z - std::log(total), 4 + std::fabs(z) + std::log(total));
        compare(dx[at(c)], scale * p[at(c)] * (dy[at(c)] - product), std::fabs(scale) * 4);
        compare(log_dx[at(c)], scale * (dy[at(c)] - std::exp(static_cast<long double>(log_p[at(c)])) * cotangents),
                std::fabs(scale) * (4 + std::fabs(cotangents)));
      }
    }
  }
  INFO(sizes.outer << " x " << sizes.classes << " x " << sizes.inner << ", scale " << scale);
  CHECK(worst / std::numeric_limits<T>::epsilon() < 1);
}

} // namespace

TEMPLATE_TEST_CASE("softmax kernels agree with loops in doubles, whatever their size", "[kernels]", float, double) {
  for (const extent classes : {1, 2, 3, 5, 7, 13, 16, 29, 31, 33, 100, 257, 1000}) {
    for (const extent outer : {1, 2, 3, 5, 7, 13}) {
      check<TestType>({outer, classes, 1}, 1, 5);
    }
    check<TestType>({4, classes, 1}, 0.5, 20);
    check<TestType>({3, classes, 1}, 1, 500); // what is far below the largest has no exponential
    check<TestType>({4, classes, 1}, -1, 5);
    for (const extent inner : {2, 3, 5, 7, 13, 16, 29, 31, 33}) {
      check<TestType>({2, classes, inner}, inner % 2 == 0 ? 1 : -2, 5);
    }
  }
  check<TestType>({1, 40000, 1}, 1, 5);
}

TEMPLATE_TEST_CASE("a row has the same bits alone, among rows, and beside them", "[kernels]", float, double) {
  constexpr extent rows = 19;
  for (const extent classes : {1, 3, 10, 16, 17, 100, 300, 1000}) {
    for (const double scale : {1., 0.7, -1.}) {
      const Sizes behind{rows, classes, 1};
      const Sizes beside{1, classes, rows};
      const std::vector<TestType> x = numbers<TestType>(behind.count(), 5, 0, 6);
      const std::vector<TestType> dy = numbers<TestType>(behind.count(), 6, 0, 1);
      const auto turned = [&](const std::vector<TestType>& of) {
        std::vector<TestType> made(of.size());
        for (extent r = 0; r < rows; ++r) {
          for (extent c = 0; c < classes; ++c) {
            made[static_cast<std::size_t>(c * rows + r)] = of[static_cast<std::size_t>(r * classes + c)];
          }
        }
        return made;
      };
      int which = 0;
      for (const cleave::Kernel kernel :
           {cleave::Kernel(&kernels::softmax<TestType>), cleave::Kernel(&kernels::log_softmax<TestType>),
            cleave::Kernel(&kernels::softmax_gradient<TestType>),
            cleave::Kernel(&kernels::log_softmax_gradient<TestType>)}) {
        const std::vector<TestType> all = run(kernel, x, dy, behind, scale);
        const bool same_beside = run(kernel, turned(x), turned(dy), beside, scale) == turned(all);
        INFO(classes << " classes, scale " << scale << ", kernel " << which++);
        CHECK(same_beside);
        bool alike = true;
        for (extent r = 0; r < rows; ++r) {
          const std::vector<TestType> one(x.begin() + r * classes, x.begin() + (r + 1) * classes);
          const std::vector<TestType> one_dy(dy.begin() + r * classes, dy.begin() + (r + 1) * classes);
          const std::vector<TestType> alone = run(kernel, one, one_dy, {1, classes, 1}, scale);
          alike = alike && std::equal(alone.begin(), alone.end(), all.begin() + r * classes);
        }
        CHECK(alike);
      }
    }
  }
}

TEMPLATE_TEST_CASE("equal elements share evenly, however far from 0 and however scaled", "[kernels]", float, double) {
  for (const extent classes : {1, 4, 16, 17, 100}) {
    const auto count = static_cast<TestType>(classes);
    for (const double scale : {0.3, 0.144337567, 0.7, 1., -0.7}) {
      for (const TestType x :
           {TestType(-1e10), TestType(1e12), TestType(-1e30), std::numeric_limits<TestType>::lowest()}) {
        for (const Sizes sizes : {Sizes{3, classes, 1}, Sizes{1, classes, 3}}) {
          const std::vector<TestType> all(static_cast<std::size_t>(sizes.count()), x);
          INFO(classes << " times " << x << ", scale " << scale);
          CHECK(run(&kernels::softmax<TestType>, all, all, sizes, scale) ==
                std::vector<TestType>(all.size(), static_cast<TestType>(1 / static_cast<double>(classes))));
          const std::vector<TestType> logs = run(&kernels::log_softmax<TestType>, all, all, sizes, scale);
          CHECK(std::all_of(logs.begin(), logs.end(),
                            [&](TestType log) { return std::fabs(log + std::log(count)) < 1e-6; }));
        }
      }
    }
  }
}

TEMPLATE_TEST_CASE("rows with infinities and NaN do not touch their neighbours", "[kernels]", float, double) {
  for (const extent classes : {3, 20, 100}) {
    for (const bool beside : {false, true}) {
      constexpr extent rows = 6;
      const Sizes sizes = beside ? Sizes{1, classes, rows} : Sizes{rows, classes, 1};
      std::vector<TestType> x(static_cast<std::size_t>(sizes.count()), TestType(1));
      const auto at = [&](extent r, extent c) {
        return static_cast<std::size_t>(beside ? c * rows + r : r * classes + c);
      };
      for (extent c = 0; c < classes; ++c) {
        x[at(1, c)] = -infinity<TestType>; // a row that is masked whole
        x[at(2, c)] = c == 1 ? TestType(5) : -infinity<TestType>;
        x[at(4, c)] = c < 2 ? std::numeric_limits<TestType>::max() : TestType(-1);
      }
      x[at(3, classes - 1)] = std::numeric_limits<TestType>::quiet_NaN();
      const std::vector<TestType> p = run(&kernels::softmax<TestType>, x, x, sizes, 1);
      bool expected = true;
      for (extent c = 0; c < classes; ++c) {
        expected = expected && std::fabs(p[at(0, c)] * static_cast<TestType>(classes) - 1) < 1e-6;
        expected = expected && p[at(1, c)] == 0;
        expected = expected && p[at(2, c)] == (c == 1 ? 1 : 0);
        expected = expected && std::isnan(p[at(3, c)]);
        expected = expected && p[at(4, c)] == (c < 2 ? TestType(0.5) : TestType(0));
        expected = expected && p[at(5, c)] == p[at(0, c)];
      }
      CHECK(expected);
    }
  }
}
