// SPDX-License-Identifier: Apache-2.0
#include <cleave/ops/normalize_kernels.hpp>

#include "kernels/cpu/grain.hpp"
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
std::vector<T> room(extent count) {
  return std::vector<T>(static_cast<std::size_t>(count), std::numeric_limits<T>::quiet_NaN());
}

struct Sizes {
  extent rows, channels, space;
  [[nodiscard]] extent count() const { return rows * channels * space; }
};

constexpr double eps = 1e-3;

template <class T>
struct BatchNorm {
  Sizes sizes;
  std::vector<T> x, dy, gamma, beta;

  explicit BatchNorm(Sizes of, double around = 0)
      : sizes(of),
        x(numbers<T>(of.count(), 1, around)),
        dy(numbers<T>(of.count(), 2)),
        gamma(numbers<T>(of.channels, 3, 1)),
        beta(numbers<T>(of.channels, 4)) {}

  /// Roots over the grains [first, last) by one of the kernels that reduce.
  std::vector<T> roots(extent grain, extent first, extent last, const std::vector<T>* moments) const {
    const extent begin = first * grain;
    const extent end = std::min(last * grain, sizes.rows);
    std::vector<T> made = room<T>(kernels::count_roots(first, last) * 2 * sizes.channels);
    const extent at = begin * sizes.channels * sizes.space;
    const std::initializer_list<extent> extents{end - begin, sizes.channels, sizes.space, grain, begin};
    if (moments == nullptr) {
      test::KernelCall(made, {x.data() + at}, extents).run(&kernels::batch_statistics<T>);
    } else {
      test::KernelCall call(made, {dy.data() + at, x.data() + at, moments->data(), moments->data() + sizes.channels},
                            extents);
      call.arguments.numbers[0] = eps;
      call.run(&kernels::batch_norm_sums<T>);
    }
    return made;
  }
  /// Mean and variance of each channel, from slices with these borders, in grains.
  std::vector<T> moments(extent grain, const std::vector<extent>& borders) const {
    std::vector<T> all;
    if (grain == 0) {
      all = room<T>(2 * sizes.channels);
      test::KernelCall(all, {x.data()}, {sizes.rows, sizes.channels, sizes.space, 0, 0})
          .run(&kernels::batch_statistics<T>);
    } else {
      for (std::size_t i = 0; i + 1 < borders.size(); ++i) {
        const std::vector<T> part = roots(grain, borders[i], borders[i + 1], nullptr);
        all.insert(all.end(), part.begin(), part.end());
      }
    }
    std::vector<T> made = room<T>(2 * sizes.channels);
    test::KernelCall join(made, {all.data(), made.data() + sizes.channels},
                          {sizes.rows, sizes.channels, sizes.space, grain, static_cast<extent>(borders.size()) - 1});
    for (std::size_t i = 1; i + 1 < borders.size(); ++i) {
      join.arguments.sizes[4 + i] = borders[i] * grain;
    }
    join.run(&kernels::batch_moments<T>);
    return made;
  }
  std::vector<T> sums(const std::vector<T>& of, extent grain, std::vector<extent> borders) const {
    const extent width = 2 * sizes.channels;
    std::vector<T> all;
    if (grain == 0) {
      all = room<T>(width);
      test::KernelCall call(all, {dy.data(), x.data(), of.data(), of.data() + sizes.channels},
                            {sizes.rows, sizes.channels, sizes.space, 0, 0});
      call.arguments.numbers[0] = eps;
      call.run(&kernels::batch_norm_sums<T>);
      return all;
    }
    for (std::size_t i = 0; i + 1 < borders.size(); ++i) {
      const std::vector<T> part = roots(grain, borders[i], borders[i + 1], &of);
      all.insert(all.end(), part.begin(), part.end());
    }
    kernels::join_roots(all.data(), width, width, borders.data(), static_cast<int>(borders.size()) - 1);
    all.resize(static_cast<std::size_t>(width));
    return all;
  }
  std::vector<T> forward(const std::vector<T>& of, bool fixed) const {
    std::vector<T> y = room<T>(sizes.count());
    test::KernelCall call(y, {x.data(), of.data(), of.data() + sizes.channels, gamma.data(), beta.data()},
                          {sizes.rows, sizes.channels, sizes.space, fixed ? 1 : 0});
    call.arguments.numbers[0] = eps;
    call.run(&kernels::batch_norm<T>);
    return y;
  }
  std::vector<T> backward(const std::vector<T>& of, const std::vector<T>& total, bool fixed, double share) const {
    std::vector<T> dx = room<T>(sizes.count());
    test::KernelCall call(dx.data(),
                          {dy.data(), x.data(), of.data(), of.data() + sizes.channels, gamma.data(), total.data()},
                          {sizes.rows, sizes.channels, sizes.space, fixed ? 1 : 0});
    call.arguments.numbers[0] = eps;
    call.arguments.numbers[1] = share;
    call.run(&kernels::batch_norm_gradient<T>);
    return dx;
  }
};

template <class T>
void check(Sizes sizes, bool fixed, double around = 0) {
  const BatchNorm<T> norm(sizes, around);
  const std::vector<T> moments = norm.moments(0, {});
  const std::vector<T> sums = norm.sums(moments, 0, {});
  const std::vector<T> y = norm.forward(moments, fixed);
  const auto n = static_cast<double>(sizes.rows * sizes.space);
  const std::vector<T> dx = norm.backward(moments, sums, fixed, 1 / n);
  const std::vector<T> dx_global = norm.backward(moments, sums, fixed, 0);
  double worst = 0;
  const auto compare = [&](double got, double expected) {
    const double error = std::fabs(got - expected) / (1 + std::fabs(expected));
    worst = std::isnan(error) ? std::numeric_limits<double>::infinity() : std::max(worst, error);
  };
  for (extent c = 0; c < sizes.channels; ++c) {
    const auto channel = static_cast<std::size_t>(c);
    const auto beside = static_cast<std::size_t>(sizes.channels + c);
    const auto at = [&](extent k) {
      return static_cast<std::size_t>((k / sizes.space * sizes.channels + c) * sizes.space + k % sizes.space);
    };
    double mean = 0;
    double variance = 0;
    double sum = 0;
    double product = 0;
    const extent count = sizes.rows * sizes.space;
    for (extent k = 0; k < count; ++k) {
      mean += static_cast<double>(norm.x[at(k)]) / n;
    }
    for (extent k = 0; k < count; ++k) {
      variance += (norm.x[at(k)] - mean) * (norm.x[at(k)] - mean) / n;
    }
    const double rstd = 1 / std::sqrt(variance + eps);
    const double gamma = fixed ? 1 : static_cast<double>(norm.gamma[channel]);
    for (extent k = 0; k < count; ++k) {
      sum += norm.dy[at(k)];
      product += norm.dy[at(k)] * (norm.x[at(k)] - mean) * rstd;
      compare(y[at(k)], (norm.x[at(k)] - mean) * rstd * gamma + norm.beta[channel]);
    }
    for (extent k = 0; k < count; ++k) {
      const double xhat = (norm.x[at(k)] - mean) * rstd;
      compare(dx[at(k)] / rstd, gamma * (norm.dy[at(k)] - sum / n - xhat * product / n));
      compare(dx_global[at(k)] / rstd, gamma * norm.dy[at(k)]);
    }
    compare(moments[channel], mean);
    compare(moments[beside], variance);
    compare(sums[channel], sum);
    compare(sums[beside], product);
  }
  INFO(sizes.rows << " x " << sizes.channels << " x " << sizes.space);
  CHECK(worst < (sizeof(T) == sizeof(float) ? 2e-5 : 1e-12) * (1 + std::fabs(around)));
}

} // namespace

TEMPLATE_TEST_CASE("channels are normalised as a loop in doubles does it, whatever their size", "[kernels]", float,
                   double) {
  for (const extent rows : {2, 3, 7, 33, 67}) {
    for (const extent channels : {1, 2, 5, 13, 29, 64, 67}) {
      check<TestType>({rows, channels, 1}, rows % 2 == 0);
    }
    for (const extent space : {2, 5, 16, 31, 100}) {
      check<TestType>({rows, 3, space}, rows % 2 == 0);
    }
  }
  check<TestType>({1, 3, 4}, false);
}

TEST_CASE("a channel's mean far from zero costs its variance no digits", "[kernels]") {
  check<double>({40, 3, 7}, false, 1e5);
  check<float>({300, 5, 1}, false, 100);
  const BatchNorm<float> far({512, 1, 16}, 1000);
  const BatchNorm<float> near({512, 1, 16}, 0);
  CHECK(far.moments(0, {})[1] == Approx(near.moments(0, {})[1]).epsilon(2e-4));
}

TEMPLATE_TEST_CASE("statistics and sums do not depend on how the rows of a batch are cut", "[kernels]", float, double) {
  for (const Sizes sizes : {Sizes{27, 37, 1}, Sizes{27, 3, 20}}) {
    const BatchNorm<TestType> norm(sizes);
    const extent grain = 2; // the last of 14 grains has one row
    const auto whole = norm.moments(grain, {0, 14});
    const auto sums = norm.sums(whole, grain, {0, 14});
    for (const std::vector<extent>& borders :
         {std::vector<extent>{0, 7, 14}, {0, 1, 14}, {0, 3, 6, 11, 14}, {0, 1, 2, 3, 5, 8, 13, 14}}) {
      CHECK(norm.moments(grain, borders) == whole);
      CHECK(norm.sums(whole, grain, borders) == sums);
    }
    const auto plain = norm.moments(0, {});
    for (std::size_t j = 0; j < plain.size(); ++j) {
      CHECK(whole[j] == Approx(plain[j]).margin(1e-6));
    }
  }
}

TEST_CASE("batch norm gives the values of the reference", "[kernels]") {
  BatchNorm<float> norm({4, 1, 1});
  norm.x = {1, 2, 3, 4};
  norm.beta = {0};
  const auto y = norm.forward(norm.moments(0, {}), true);
  CHECK(y[0] == Approx(-1.34110445));
  CHECK(y[1] == Approx(-0.44703482));
  CHECK(y[3] == Approx(1.34110445));
}
