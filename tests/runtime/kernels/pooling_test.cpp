// SPDX-License-Identifier: Apache-2.0
// A plain loop in double over all cells of all windows is the oracle.
#include <cleave/device/team.hpp>
#include <cleave/ops/pool_kernels.hpp>

#include <support/kernel_call.hpp>
#include <support/numbers.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <sstream>
#include <vector>

using cleave::extent;
using test::numbers;
namespace kernels = cleave::kernels;

namespace {

using Axes = std::array<extent, 3>;

enum class Convention { valid, full, same };

struct Pooling {
  extent planes = 1;
  Axes in{1, 1, 1};
  Axes kernel{1, 1, 1};
  Axes stride{1, 1, 1};
  Axes pad{0, 0, 0};
  Axes out{1, 1, 1};

  /// Extents of results as the convention rounds them.
  void choose_out(Convention convention) {
    for (std::size_t a = 0; a < 3; ++a) {
      const extent free = in[a] + 2 * pad[a] - kernel[a];
      switch (convention) {
      case Convention::valid:
        out[a] = free / stride[a] + 1;
        break;
      case Convention::full:
        out[a] = (free + stride[a] - 1) / stride[a] + 1;
        break;
      case Convention::same:
        out[a] = (in[a] + stride[a] - 1) / stride[a];
        break;
      }
    }
  }
  static extent count(const Axes& of) { return of[0] * of[1] * of[2]; }
  [[nodiscard]] extent x_count() const { return planes * count(in); }
  [[nodiscard]] extent y_count() const { return planes * count(out); }

  /// Visits the cells of a plane's window `i`, in order: cell(position in the plane).
  template <class Cell>
  void visit(extent i, Cell cell) const {
    const Axes at{i / (out[1] * out[2]), i / out[2] % out[1], i % out[2]};
    for (extent t = 0; t < count(kernel); ++t) {
      const Axes tap{t / (kernel[1] * kernel[2]), t / kernel[2] % kernel[1], t % kernel[2]};
      extent place = 0;
      bool inside = true;
      for (std::size_t a = 0; a < 3; ++a) {
        const extent x = at[a] * stride[a] + tap[a] - pad[a];
        inside = inside && x >= 0 && x < in[a];
        place = place * in[a] + x;
      }
      if (inside) {
        cell(place);
      }
    }
  }
  /// Cells of window `i` in the input extended by `pad` on each side.
  [[nodiscard]] extent cells(extent i, bool padding) const {
    const Axes at{i / (out[1] * out[2]), i / out[2] % out[1], i % out[2]};
    extent made = 1;
    for (std::size_t a = 0; a < 3; ++a) {
      const extent more = padding ? pad[a] : 0;
      const extent first = at[a] * stride[a] - pad[a];
      made *= std::max<extent>(0, std::min(first + kernel[a], in[a] + more) - std::max(first, -more));
    }
    return made;
  }

  [[nodiscard]] std::string print() const {
    std::ostringstream text;
    text << planes;
    for (const Axes& axes : {in, out, kernel, stride, pad}) {
      text << "  " << axes[0] << ' ' << axes[1] << ' ' << axes[2];
    }
    return text.str();
  }
};

template <class T>
std::vector<T> run(cleave::Kernel kernel, extent count, const Pooling& of, std::vector<const void*> operands,
                   unsigned flags = 0, double p = 0) {
  std::vector<T> out(static_cast<std::size_t>(count), std::numeric_limits<T>::quiet_NaN());
  test::KernelCall call(out, {}, {});
  for (std::size_t i = 0; i < operands.size(); ++i) {
    call.set_operand(static_cast<int>(i) + 1, operands[i]);
  }
  extent* size = call.arguments.sizes;
  *size++ = of.planes;
  for (const Axes& axes : {of.in, of.out, of.kernel, of.stride, of.pad}) {
    size = std::copy(axes.begin(), axes.end(), size);
  }
  call.arguments.masks[0] = static_cast<std::uint8_t>(flags);
  call.arguments.numbers[0] = p;
  call.run(kernel);
  return out;
}

/// Whether all numbers are as near as `terms` additions of numbers below 1 bring them.
template <class T>
bool near(const std::vector<T>& got, const std::vector<double>& expected, extent terms) {
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double unit = static_cast<double>(std::numeric_limits<T>::epsilon()) * static_cast<double>(terms + 1) *
                        std::max(1., std::abs(expected[i]));
    if (!(std::abs(static_cast<double>(got[i]) - expected[i]) <= unit)) {
      return false;
    }
  }
  return got.size() == expected.size();
}

template <class T>
void check_max(const Pooling& of, const std::vector<T>& x, const std::vector<T>& dy) {
  std::vector<T> y(dy.size());
  std::vector<std::int32_t> at(dy.size());
  std::vector<double> dx(x.size(), 0.);
  const extent pixels = Pooling::count(of.out);
  const extent plane = Pooling::count(of.in);
  for (extent i = 0; i < of.y_count(); ++i) {
    const auto q = static_cast<std::size_t>(i);
    y[q] = -std::numeric_limits<T>::infinity();
    at[q] = -1;
    of.visit(i % pixels, [&](extent place) {
      const T cell = x[static_cast<std::size_t>(i / pixels * plane + place)];
      if (!std::isnan(y[q]) && (cell > y[q] || std::isnan(cell))) {
        y[q] = cell;
        at[q] = static_cast<std::int32_t>(place);
      }
    });
    if (at[q] >= 0) {
      dx[static_cast<std::size_t>(i / pixels * plane + at[q])] += static_cast<double>(dy[q]);
    }
  }
  std::vector<std::int32_t> positions(dy.size(), 77);
  const auto same = [](const std::vector<T>& a, const std::vector<T>& b) {
    return std::equal(a.begin(), a.end(), b.begin(),
                      [](T p, T q) { return p == q || (std::isnan(p) && std::isnan(q)); });
  };
  CHECK(same(run<T>(&kernels::pool_max<T>, of.y_count(), of, {x.data()}), y));
  CHECK(same(run<T>(&kernels::pool_max<T>, of.y_count(), of, {x.data(), positions.data()}, 1), y));
  CHECK(positions == at);
  const auto gradient = run<T>(&kernels::pool_max_gradient<T>, of.x_count(), of, {dy.data(), positions.data()});
  CHECK(near(gradient, dx, Pooling::count(of.kernel)));
}

template <class T>
void check_sums(const Pooling& of, const std::vector<T>& x, const std::vector<T>& dy) {
  const extent pixels = Pooling::count(of.out);
  const extent plane = Pooling::count(of.in);
  for (const unsigned flags : {0U, 1U, 2U}) {
    INFO("divisor " << flags);
    std::vector<double> y(dy.size(), 0.);
    std::vector<double> dx(x.size(), 0.);
    for (extent i = 0; i < of.y_count(); ++i) {
      const auto q = static_cast<std::size_t>(i);
      const extent cells = of.cells(i % pixels, flags == 1);
      const double scale = flags == 0 ? 1. : cells == 0 ? 0. : 1. / static_cast<double>(cells);
      of.visit(i % pixels, [&](extent place) {
        const auto at = static_cast<std::size_t>(i / pixels * plane + place);
        y[q] += static_cast<double>(x[at]) * scale;
        dx[at] += static_cast<double>(dy[q]) * scale;
      });
    }
    CHECK(near(run<T>(&kernels::pool_sum<T>, of.y_count(), of, {x.data()}, flags), y, Pooling::count(of.kernel)));
    CHECK(near(run<T>(&kernels::pool_sum_gradient<T>, of.x_count(), of, {dy.data()}, flags), dx,
               Pooling::count(of.kernel)));
  }
}

template <class T>
void check_norms(const Pooling& of, const std::vector<T>& x, const std::vector<T>& dy) {
  const extent pixels = Pooling::count(of.out);
  const extent plane = Pooling::count(of.in);
  for (const double p : {1., 2., 3.}) {
    INFO("p " << p);
    std::vector<double> y(dy.size(), 0.);
    std::vector<double> dx(x.size(), 0.);
    for (extent i = 0; i < of.y_count(); ++i) {
      const auto q = static_cast<std::size_t>(i);
      of.visit(i % pixels, [&](extent place) {
        y[q] += std::pow(std::abs(static_cast<double>(x[static_cast<std::size_t>(i / pixels * plane + place)])), p);
      });
      y[q] = std::pow(y[q], 1 / p);
      of.visit(i % pixels, [&](extent place) {
        const auto at = static_cast<std::size_t>(i / pixels * plane + place);
        const double cell = static_cast<double>(x[at]);
        dx[at] += static_cast<double>(dy[q]) * std::copysign(std::pow(std::abs(cell) / y[q], p - 1), cell);
      });
    }
    const extent terms = 8 * Pooling::count(of.kernel);
    const auto got = run<T>(&kernels::pool_lp<T>, of.y_count(), of, {x.data()}, 0, p);
    CHECK(near(got, y, terms));
    const auto gradient =
        run<T>(&kernels::pool_lp_gradient<T>, of.x_count(), of, {x.data(), got.data(), dy.data()}, 0, p);
    CHECK(near(gradient, dx, terms));
  }
}

template <class T>
void check(const Pooling& of) {
  INFO("pooling " << of.print());
  const std::vector<T> x = numbers<T>(of.x_count(), 1);
  const std::vector<T> dy = numbers<T>(of.y_count(), 2);
  check_max(of, x, dy);
  check_sums(of, x, dy);
  check_norms(of, x, dy);
}

Pooling random_pooling(std::mt19937& engine, int rank, const std::vector<extent>& extents) {
  const auto between = [&engine](extent least, extent most) {
    return std::uniform_int_distribution<extent>(least, most)(engine);
  };
  const auto one_of = [&](const std::vector<extent>& from) {
    return from[static_cast<std::size_t>(between(0, static_cast<extent>(from.size()) - 1))];
  };
  Pooling made;
  made.planes = one_of({1, 2, 3, 5, 7, 13});
  for (std::size_t a = 3 - static_cast<std::size_t>(rank); a < 3; ++a) {
    made.in[a] = one_of(extents);
    made.stride[a] = one_of({1, 2, 2, 3});
    made.kernel[a] = one_of({1, 2, 2, 3, 3, 5});
    made.pad[a] = between(0, made.kernel[a] - 1);
    if (made.kernel[a] > made.in[a] + 2 * made.pad[a]) {
      made.kernel[a] = made.in[a] + 2 * made.pad[a];
    }
  }
  made.choose_out(static_cast<Convention>(between(0, 2)));
  return made;
}

} // namespace

TEMPLATE_TEST_CASE("pooling of any window, stride, pad and convention equals a plain loop", "[kernels][pooling]", float,
                   double) {
  std::mt19937 engine(30);
  for (int i = 0; i < 60; ++i) {
    check<TestType>(random_pooling(engine, 1, {1, 2, 3, 5, 7, 13, 29, 31, 33, 70}));
    check<TestType>(random_pooling(engine, 2, {1, 2, 3, 5, 7, 13, 29, 31, 33}));
    check<TestType>(random_pooling(engine, 3, {1, 2, 3, 5, 7, 13}));
  }
}

TEMPLATE_TEST_CASE("pooling of the usual nets, and of large planes cut into strips, equals a plain loop",
                   "[kernels][pooling]", float, double) {
  check<TestType>({40, {1, 24, 24}, {1, 2, 2}, {1, 2, 2}, {0, 0, 0}, {1, 12, 12}});
  check<TestType>({100, {1, 8, 8}, {1, 2, 2}, {1, 2, 2}, {0, 0, 0}, {1, 4, 4}});
  check<TestType>({7, {1, 6, 16}, {1, 2, 2}, {1, 2, 2}, {0, 0, 0}, {1, 3, 8}});
  check<TestType>({5, {1, 10, 32}, {1, 2, 2}, {1, 2, 2}, {0, 0, 0}, {1, 5, 16}});
  check<TestType>({3, {1, 14, 12}, {1, 2, 2}, {1, 2, 2}, {0, 0, 0}, {1, 7, 6}});
  check<TestType>({3, {1, 112, 112}, {1, 3, 3}, {1, 2, 2}, {0, 1, 1}, {1, 56, 56}});
  check<TestType>({2, {9, 40, 61}, {3, 3, 3}, {2, 2, 2}, {1, 1, 1}, {5, 20, 31}});
}

TEMPLATE_TEST_CASE("global pooling equals a plain loop, whatever the plane", "[kernels][pooling]", float, double) {
  for (const extent height : {1, 2, 3, 5, 7, 8, 13}) {
    for (const extent width : {1, 2, 3, 5, 7, 8, 13, 29, 33}) {
      check<TestType>({5, {1, height, width}, {1, height, width}, {1, 1, 1}, {0, 0, 0}, {1, 1, 1}});
    }
  }
  check<TestType>({2, {5, 7, 3}, {5, 7, 3}, {1, 1, 1}, {0, 0, 0}, {1, 1, 1}});
}

TEMPLATE_TEST_CASE("of equal cells the first is the greatest, and of NaN the first beats all", "[kernels][pooling]",
                   float, double) {
  constexpr auto nan = std::numeric_limits<TestType>::quiet_NaN();
  constexpr auto lowest = -std::numeric_limits<TestType>::infinity();
  const Pooling windows{3, {1, 6, 40}, {1, 3, 3}, {1, 2, 2}, {0, 1, 1}, {1, 3, 20}};
  const Pooling global{3, {1, 6, 40}, {1, 6, 40}, {1, 1, 1}, {0, 0, 0}, {1, 1, 1}};
  std::mt19937 engine(31);
  const Pooling pairs{3, {1, 6, 16}, {1, 2, 2}, {1, 2, 2}, {0, 0, 0}, {1, 3, 8}};
  for (const Pooling& of : {windows, global, pairs}) {
    std::vector<TestType> x(static_cast<std::size_t>(of.x_count()));
    const std::vector<TestType> dy = numbers<TestType>(of.y_count(), 3);
    for (int turn = 0; turn < 20; ++turn) {
      for (TestType& cell : x) {
        const auto dice = engine() % (turn < 10 ? 3 : 60);
        cell = dice == 0 && turn >= 10 ? nan : dice == 1 ? lowest : static_cast<TestType>(dice % 3);
      }
      check_max(of, x, dy);
    }
  }
}

TEST_CASE("pooling has the same bits on any number of threads", "[kernels][pooling]") {
  const Pooling windows{50, {1, 40, 41}, {1, 3, 3}, {1, 2, 2}, {0, 1, 1}, {1, 20, 21}};
  const Pooling global{90, {1, 31, 33}, {1, 31, 33}, {1, 1, 1}, {0, 0, 0}, {1, 1, 1}};
  const Pooling pairs{64, {1, 40, 48}, {1, 2, 2}, {1, 2, 2}, {0, 0, 0}, {1, 20, 24}};
  for (const Pooling& of : {windows, global, pairs}) {
    const auto x = numbers<float>(of.x_count(), 1);
    const auto dy = numbers<float>(of.y_count(), 2);
    std::vector<std::int32_t> positions(dy.size());
    const auto all = [&] {
      return std::array{run<float>(&kernels::pool_max<float>, of.y_count(), of, {x.data(), positions.data()}, 1),
                        run<float>(&kernels::pool_max_gradient<float>, of.x_count(), of, {dy.data(), positions.data()}),
                        run<float>(&kernels::pool_sum<float>, of.y_count(), of, {x.data()}, 1),
                        run<float>(&kernels::pool_sum_gradient<float>, of.x_count(), of, {dy.data()}, 2),
                        run<float>(&kernels::pool_lp<float>, of.y_count(), of, {x.data()}, 0, 2)};
    };
    const auto alone = all();
    for (int threads = 1; threads <= 4; ++threads) {
      cleave::Team team(threads);
      const cleave::Team::Use use(team);
      CHECK(all() == alone);
    }
  }
}

TEST_CASE("a convention that rounds up clips its last window, and divides by what is left", "[kernels][pooling]") {
  // H = 4, kernel 3, stride 2: two results; the second window has two cells
  const Pooling of{1, {1, 1, 4}, {1, 1, 3}, {1, 1, 2}, {0, 0, 0}, {1, 1, 2}};
  const std::vector<float> x{1, 2, 3, 5};
  CHECK(run<float>(&kernels::pool_sum<float>, 2, of, {x.data()}, 1) == std::vector<float>{2, 4});
  CHECK(run<float>(&kernels::pool_sum<float>, 2, of, {x.data()}, 0) == std::vector<float>{6, 8});
  CHECK(run<float>(&kernels::pool_max<float>, 2, of, {x.data()}) == std::vector<float>{3, 5});
}
