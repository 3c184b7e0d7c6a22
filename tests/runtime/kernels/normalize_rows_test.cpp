// SPDX-License-Identifier: Apache-2.0
#include <cleave/ops/normalize_kernels.hpp>

#include "kernels/cpu/grain.hpp"
#include "support/kernel_call.hpp"
#include "support/numbers.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <vector>

namespace {

namespace kernels = cleave::kernels;
using cleave::extent;
using test::numbers;

template <class T>
constexpr T poison = std::numeric_limits<T>::quiet_NaN();

struct Sizes {
  extent rows, channels, space, turns;
  [[nodiscard]] extent count() const { return channels * space; }
};

/// What the kernels make of one set of numbers.
template <class T>
struct Rows {
  Sizes sizes;
  std::vector<T> x, dy, gamma, beta, y, mean, rstd, dx, affine;

  explicit Rows(Sizes of, double around = 0)
      : sizes(of),
        x(numbers<T>(of.rows * of.count(), 1, around)),
        dy(numbers<T>(of.rows * of.count(), 2)),
        gamma(numbers<T>(of.turns * of.channels, 3, 1)),
        beta(numbers<T>(of.turns * of.channels, 4)),
        y(x.size(), poison<T>),
        mean(static_cast<std::size_t>(of.rows), poison<T>),
        rstd(mean),
        dx(y),
        affine(2 * gamma.size(), poison<T>) {}

  void forward() {
    test::KernelCall call(y, {x.data(), gamma.data(), beta.data(), mean.data(), rstd.data()},
                          {sizes.rows, sizes.channels, sizes.space, sizes.turns});
    call.arguments.numbers[0] = 1e-5;
    call.run(&kernels::normalize_rows<T>);
  }
  void backward() {
    const test::KernelCall call(dx, {dy.data(), x.data(), gamma.data(), mean.data(), rstd.data()},
                                {sizes.rows, sizes.channels, sizes.space, sizes.turns});
    call.run(&kernels::normalize_rows_gradient<T>);
    affine = affine_of(0, sizes.rows, 0);
  }
  /// The gradients of gamma and beta over some rows, with grains of so many batches of `turns` rows.
  std::vector<T> affine_of(extent first, extent rows, extent grain) {
    const extent batches = rows / sizes.turns;
    const extent first_batch = first / sizes.turns;
    const extent roots =
        grain == 0 ? 1 : kernels::count_roots(first_batch / grain, (first_batch + batches + grain - 1) / grain);
    std::vector<T> made(static_cast<std::size_t>(roots) * 2 * gamma.size(), poison<T>);
    const extent at = first * sizes.count();
    const test::KernelCall call(made, {dy.data() + at, x.data() + at, mean.data() + first, rstd.data() + first},
                                {rows, sizes.channels, sizes.space, sizes.turns, grain, first_batch});
    call.run(&kernels::normalize_rows_affine_gradient<T>);
    return made;
  }
};

template <class T>
double tolerance() {
  return sizeof(T) == sizeof(float) ? 2e-5 : 1e-12;
}

/// Compares everything with loops in doubles.
template <class T>
void check(Sizes sizes, double around = 0) {
  Rows<T> rows(sizes, around);
  rows.forward();
  rows.backward();
  const extent count = sizes.count();
  std::vector<double> affine(2 * rows.gamma.size());
  double worst = 0;
  const auto compare = [&](double got, double expected) {
    const double error = std::fabs(got - expected) / (1 + std::fabs(expected));
    worst = std::isnan(error) ? std::numeric_limits<double>::infinity() : std::max(worst, error);
  };
  for (extent r = 0; r < sizes.rows; ++r) {
    double mean = 0;
    double variance = 0;
    const auto x = [&](extent i) { return static_cast<double>(rows.x[static_cast<std::size_t>(r * count + i)]); };
    const auto affine_at = [&](extent i) {
      return static_cast<std::size_t>(r % sizes.turns * sizes.channels + i / sizes.space);
    };
    for (extent i = 0; i < count; ++i) {
      mean += x(i) / static_cast<double>(count);
    }
    for (extent i = 0; i < count; ++i) {
      variance += (x(i) - mean) * (x(i) - mean) / static_cast<double>(count);
    }
    const double rstd = 1 / std::sqrt(variance + 1e-5);
    compare(rows.mean[static_cast<std::size_t>(r)], mean);
    compare(rows.rstd[static_cast<std::size_t>(r)] / rstd, 1);
    double g_mean = 0;
    double product_mean = 0;
    for (extent i = 0; i < count; ++i) {
      const double dy = rows.dy[static_cast<std::size_t>(r * count + i)];
      const double xhat = (x(i) - mean) * rstd;
      const double g = dy * rows.gamma[affine_at(i)];
      g_mean += g / static_cast<double>(count);
      product_mean += g * xhat / static_cast<double>(count);
      affine[affine_at(i)] += dy * xhat;
      affine[rows.gamma.size() + affine_at(i)] += dy;
      compare(rows.y[static_cast<std::size_t>(r * count + i)],
              xhat * rows.gamma[affine_at(i)] + rows.beta[affine_at(i)]);
    }
    for (extent i = 0; i < count; ++i) {
      const double g = rows.dy[static_cast<std::size_t>(r * count + i)] * rows.gamma[affine_at(i)];
      const double xhat = (x(i) - mean) * rstd;
      compare(rows.dx[static_cast<std::size_t>(r * count + i)] / rstd, g - g_mean - xhat * product_mean);
    }
  }
  for (std::size_t j = 0; j < affine.size(); ++j) {
    compare(rows.affine[j], affine[j]);
  }
  INFO(sizes.rows << " rows of " << sizes.channels << " x " << sizes.space << ", " << sizes.turns << " turns");
  CHECK(worst < tolerance<T>() * (1 + std::fabs(around)));
}

} // namespace

TEMPLATE_TEST_CASE("rows are normalised as a loop in doubles does it, whatever their size", "[kernels]", float,
                   double) {
  for (const extent rows : {1, 2, 3, 5, 7, 13, 29, 31, 33}) {
    for (const extent count : {2, 3, 5, 7, 13, 29, 31, 33, 67, 257}) {
      check<TestType>({rows, count, 1, 1});
    }
  }
  check<TestType>({6, 1, 1, 3}); // a row of one element is its own mean
  check<TestType>({5, 4099, 1, 1});
}

TEMPLATE_TEST_CASE("instance and group norm are rows whose elements share gammas", "[kernels]", float, double) {
  for (const extent space : {1, 2, 5, 13, 16, 31, 49}) {
    check<TestType>({6, 1, space + 1, 3}); // 2 samples of 3 channels
    check<TestType>({15, 4, space, 5});    // 3 samples of 5 groups of 4 channels
    check<TestType>({7, 3, space, 1});
  }
}

TEST_CASE("a mean far from zero costs a row no more digits than its elements have", "[kernels]") {
  check<double>({5, 300, 1, 1}, 1e5);
  check<float>({5, 300, 1, 1}, 100);
}

TEMPLATE_TEST_CASE("a row has the same bits among many rows as alone", "[kernels]", float, double) {
  const extent rows = 13;
  for (const extent count : {3, 31, 100, 768}) {
    Rows<TestType> all({rows, count, 1, 1});
    all.forward();
    all.backward();
    for (extent r = 0; r < rows; ++r) {
      Rows<TestType> one({1, count, 1, 1});
      const auto at = r * count;
      one.x.assign(all.x.begin() + at, all.x.begin() + at + count);
      one.dy.assign(all.dy.begin() + at, all.dy.begin() + at + count);
      one.forward();
      one.backward();
      CHECK(std::equal(one.y.begin(), one.y.end(), all.y.begin() + at));
      CHECK(std::equal(one.dx.begin(), one.dx.end(), all.dx.begin() + at));
    }
  }
}

TEMPLATE_TEST_CASE("gradients of gamma and beta do not depend on how the rows are cut", "[kernels]", float, double) {
  for (const Sizes sizes : {Sizes{52, 37, 1, 1}, Sizes{26 * 2, 3, 5, 2}}) {
    const extent grain = 4;
    const extent batches = sizes.rows / sizes.turns;
    const extent grains = (batches + grain - 1) / grain;
    Rows<TestType> rows(sizes);
    rows.forward();
    const extent width = 2 * sizes.turns * sizes.channels;
    const auto joined = [&](const std::vector<extent>& borders) { // in grains
      std::vector<TestType> roots;
      for (std::size_t i = 0; i + 1 < borders.size(); ++i) {
        const extent first = borders[i] * grain;
        const extent last = std::min(borders[i + 1] * grain, batches);
        const auto part = rows.affine_of(first * sizes.turns, (last - first) * sizes.turns, grain);
        roots.insert(roots.end(), part.begin(), part.end());
      }
      kernels::join_roots(roots.data(), width, width, borders.data(), static_cast<int>(borders.size()) - 1);
      roots.resize(static_cast<std::size_t>(width));
      return roots;
    };
    const auto whole = joined({0, grains});
    CHECK(joined({0, 1, grains}) == whole);
    CHECK(joined({0, 2, 3, 5, grains}) == whole);
    rows.backward(); // without grains: another order of additions
    for (std::size_t j = 0; j < whole.size(); ++j) {
      CHECK(whole[j] == Approx(rows.affine[j]).epsilon(1e-4).margin(1e-5));
    }
  }
}
