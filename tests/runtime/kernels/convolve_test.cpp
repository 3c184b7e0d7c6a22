// SPDX-License-Identifier: Apache-2.0
// A plain loop in double over all products of a convolution is the oracle of it and of its gradients.
#include <cleave/device/team.hpp>
#include <cleave/ops/convolve_kernels.hpp>

#include "kernels/cpu/grain.hpp"

#include <support/kernel_call.hpp>
#include <support/numbers.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <sstream>
#include <vector>

using cleave::extent;
using test::numbers;
namespace kernels = cleave::kernels;

namespace {

using Axes = std::array<extent, 3>;

struct Convolution {
  extent batch = 1;
  extent channels = 1;
  extent results = 1;
  extent groups = 1;
  Axes in{1, 1, 1};
  Axes kernel{1, 1, 1};
  Axes stride{1, 1, 1};
  Axes pad{0, 0, 0};
  Axes dilation{1, 1, 1};

  [[nodiscard]] Axes out() const {
    Axes made{};
    for (std::size_t a = 0; a < 3; ++a) {
      made[a] = (in[a] + 2 * pad[a] - dilation[a] * (kernel[a] - 1) - 1) / stride[a] + 1;
    }
    return made;
  }
  static extent count(const Axes& of) { return of[0] * of[1] * of[2]; }
  [[nodiscard]] extent x_count() const { return batch * channels * count(in); }
  [[nodiscard]] extent w_count() const { return results * (channels / groups) * count(kernel); }
  [[nodiscard]] extent y_count() const { return batch * results * count(out()); }

  /// Visits every product: product(index of x, of weights, of y).
  template <class Product>
  void visit(Product product) const {
    const Axes o = out();
    const extent c_each = channels / groups;
    const extent r_each = results / groups;
    for (extent n = 0; n < batch; ++n) {
      for (extent r = 0; r < results; ++r) {
        for (extent c = 0; c < c_each; ++c) {
          const extent channel = r / r_each * c_each + c;
          for (extent p = 0; p < count(o); ++p) {
            for (extent t = 0; t < count(kernel); ++t) {
              const Axes at{p / (o[1] * o[2]), p / o[2] % o[1], p % o[2]};
              const Axes tap{t / (kernel[1] * kernel[2]), t / kernel[2] % kernel[1], t % kernel[2]};
              extent place = n * channels + channel;
              bool inside = true;
              for (std::size_t a = 0; a < 3; ++a) {
                const extent i = at[a] * stride[a] + tap[a] * dilation[a] - pad[a];
                inside = inside && i >= 0 && i < in[a];
                place = place * in[a] + i;
              }
              if (inside) {
                product(place, (r * c_each + c) * count(kernel) + t, (n * results + r) * count(o) + p);
              }
            }
          }
        }
      }
    }
  }

  [[nodiscard]] std::vector<extent> sizes() const {
    std::vector<extent> made{batch, channels, results, groups};
    for (const Axes& axes : {in, kernel, stride, pad, dilation}) {
      made.insert(made.end(), axes.begin(), axes.end());
    }
    return made;
  }
  [[nodiscard]] std::string print() const {
    std::ostringstream text;
    for (const extent size : sizes()) {
      text << size << ' ';
    }
    return text.str();
  }
};

template <class T>
std::vector<T> run(cleave::Kernel kernel, extent count, const Convolution& of, std::vector<const T*> operands,
                   extent grain = 0, extent first_row = 0) {
  std::vector<T> out(static_cast<std::size_t>(count), std::numeric_limits<T>::quiet_NaN());
  test::KernelCall call(out, {}, {});
  for (std::size_t i = 0; i < operands.size(); ++i) {
    call.set_operand(static_cast<int>(i) + 1, operands[i]);
  }
  const std::vector<extent> sizes = of.sizes();
  std::copy(sizes.begin(), sizes.end(), call.arguments.sizes);
  call.arguments.sizes[19] = grain;
  call.arguments.sizes[20] = first_row;
  call.arguments.masks[0] = operands.size() > 2 ? 1 : 0;
  call.run(kernel);
  return out;
}

/// The largest difference, in units of the rounding that as many additions of numbers below 1 may bring.
template <class T>
double error_of(const std::vector<T>& got, const std::vector<double>& expected, const std::vector<extent>& terms) {
  double worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double unit = static_cast<double>(std::numeric_limits<T>::epsilon()) * static_cast<double>(terms[i] + 1);
    const double error = std::abs(static_cast<double>(got[i]) - expected[i]) / unit;
    worst = error > worst || std::isnan(error) ? error : worst;
    if (std::isnan(error)) {
      break;
    }
  }
  return worst;
}

/// What the plain loop says of all four results.
template <class T>
struct Expected {
  std::vector<T> x, w, dy, bias, channel_bias;
  std::vector<double> y, dx, dw;
  std::vector<extent> y_terms, dx_terms, dw_terms;

  explicit Expected(const Convolution& of)
      : x(numbers<T>(of.x_count(), 1)),
        w(numbers<T>(of.w_count(), 2)),
        dy(numbers<T>(of.y_count(), 3)),
        bias(numbers<T>(of.results, 4)),
        channel_bias(numbers<T>(of.channels, 5)),
        y(dy.size()),
        dx(x.size()),
        dw(w.size()),
        y_terms(dy.size(), 1),
        dx_terms(x.size(), 1),
        dw_terms(w.size()) {
    for (std::size_t i = 0; i < y.size(); ++i) {
      y[i] = bias[i / static_cast<std::size_t>(Convolution::count(of.out())) % static_cast<std::size_t>(of.results)];
    }
    for (std::size_t i = 0; i < dx.size(); ++i) {
      dx[i] =
          channel_bias[i / static_cast<std::size_t>(Convolution::count(of.in)) % static_cast<std::size_t>(of.channels)];
    }
    of.visit([&](extent xi, extent wi, extent yi) {
      const auto a = static_cast<std::size_t>(xi);
      const auto b = static_cast<std::size_t>(wi);
      const auto c = static_cast<std::size_t>(yi);
      y[c] += static_cast<double>(x[a]) * w[b];
      dx[a] += static_cast<double>(dy[c]) * w[b];
      dw[b] += static_cast<double>(x[a]) * dy[c];
      ++y_terms[c];
      ++dx_terms[a];
      ++dw_terms[b];
    });
  }
};

template <class T>
void check(const Convolution& of) {
  INFO("convolution " << of.print());
  const Expected<T> want(of);
  const auto y = run<T>(&kernels::convolve<T>, of.y_count(), of, {want.x.data(), want.w.data(), want.bias.data()});
  CHECK(error_of(y, want.y, want.y_terms) < 1);
  const auto dx = run<T>(&kernels::convolve_data_gradient<T>, of.x_count(), of,
                         {want.dy.data(), want.w.data(), want.channel_bias.data()});
  CHECK(error_of(dx, want.dx, want.dx_terms) < 1);
  const auto dw = run<T>(&kernels::convolve_weight_gradient<T>, of.w_count(), of, {want.x.data(), want.dy.data()});
  CHECK(error_of(dw, want.dw, want.dw_terms) < 1);
}

/// A convolution of up to `rank` axes whose extents are among the odd ones.
Convolution random_convolution(std::mt19937& engine, int rank, const std::vector<extent>& extents) {
  const auto between = [&engine](extent least, extent most) {
    return std::uniform_int_distribution<extent>(least, most)(engine);
  };
  const auto one_of = [&](const std::vector<extent>& from) {
    return from[static_cast<std::size_t>(between(0, static_cast<extent>(from.size()) - 1))];
  };
  Convolution made;
  made.batch = one_of({1, 2, 3, 5});
  made.groups = one_of({1, 1, 1, 2, 3});
  made.channels = made.groups * one_of({1, 2, 3, 5, 7, 13});
  made.results = made.groups * one_of({1, 2, 3, 5, 7, 13, 17});
  for (std::size_t a = 3 - static_cast<std::size_t>(rank); a < 3; ++a) {
    made.kernel[a] = one_of({1, 1, 2, 3, 3, 5});
    made.dilation[a] = one_of({1, 1, 2, 3});
    made.stride[a] = one_of({1, 1, 1, 2, 3});
    const extent covered = made.dilation[a] * (made.kernel[a] - 1) + 1;
    made.pad[a] = between(0, covered); // a whole kernel in the padding is allowed too
    made.in[a] = std::max(one_of(extents), std::max(extent{1}, covered - 2 * made.pad[a]));
  }
  return made;
}

/// One whose results fill registers, or nearly, and whose depth fills tiles of taps.
Convolution wide_convolution(std::mt19937& engine) {
  const auto one_of = [&engine](const std::vector<extent>& from) {
    return from[std::uniform_int_distribution<std::size_t>(0, from.size() - 1)(engine)];
  };
  Convolution made = random_convolution(engine, 2, {3, 7, 13, 29});
  made.groups = one_of({1, 1, 2});
  made.channels = made.groups * one_of({13, 36, 37, 41});
  made.results = made.groups * one_of({15, 29, 31, 32, 45, 64, 77});
  return made;
}

} // namespace

TEMPLATE_TEST_CASE("convolutions of any stride, pad, dilation and groups equal a plain loop", "[kernels][convolve]",
                   float, double) {
  std::mt19937 engine(20);
  for (int i = 0; i < 60; ++i) {
    check<TestType>(random_convolution(engine, 1, {1, 2, 3, 5, 7, 13, 29, 31, 33}));
    check<TestType>(random_convolution(engine, 2, {1, 2, 3, 5, 7, 13, 29, 31, 33}));
    check<TestType>(random_convolution(engine, 3, {1, 2, 3, 5, 7}));
  }
}

TEMPLATE_TEST_CASE("convolutions of many channels and results equal a plain loop", "[kernels][convolve]", float,
                   double) {
  std::mt19937 engine(23);
  for (int i = 0; i < 20; ++i) {
    check<TestType>(wide_convolution(engine));
  }
}

TEMPLATE_TEST_CASE("convolutions of the nets in the benches equal a plain loop", "[kernels][convolve]", float, double) {
  check<TestType>({3, 1, 20, 1, {1, 28, 28}, {1, 5, 5}});
  check<TestType>({3, 20, 50, 1, {1, 12, 12}, {1, 5, 5}});
  check<TestType>({2, 16, 16, 1, {1, 32, 32}, {1, 3, 3}, {1, 1, 1}, {0, 1, 1}});
  check<TestType>({3, 32, 32, 1, {1, 16, 16}, {1, 3, 3}, {1, 1, 1}, {0, 1, 1}});
  check<TestType>({5, 64, 64, 1, {1, 8, 8}, {1, 3, 3}, {1, 1, 1}, {0, 1, 1}});
  check<TestType>({2, 16, 32, 1, {1, 32, 32}, {1, 3, 3}, {1, 2, 2}, {0, 1, 1}});
  check<TestType>({2, 32, 64, 1, {1, 14, 14}, {1, 1, 1}});
  check<TestType>({2, 32, 64, 1, {1, 14, 14}, {1, 1, 1}, {1, 2, 2}});
  check<TestType>({2, 24, 24, 24, {1, 17, 17}, {1, 3, 3}, {1, 1, 1}, {0, 1, 1}});
}

TEMPLATE_TEST_CASE("a deep convolution, and one of a large image, go on over blocks", "[kernels][convolve]", float,
                   double) {
  check<TestType>({2, 75, 15, 1, {1, 7, 7}, {1, 3, 3}, {1, 1, 1}, {0, 1, 1}});
  check<TestType>({1, 3, 2, 1, {1, 181, 263}, {1, 3, 3}, {1, 1, 1}, {0, 1, 1}});
  check<TestType>({2, 5, 3, 1, {23, 29, 67}, {3, 3, 3}, {2, 1, 1}, {1, 1, 1}});
  check<TestType>({1, 3, 2, 1, {1, 1, 9001}, {1, 1, 3}});
}

TEST_CASE("a convolution of no images writes no results, and a weight gradient of zeros", "[kernels][convolve]") {
  for (const extent groups : {1, 3}) {
    Convolution of{1, 3, 6, groups, {1, 7, 7}, {1, 3, 3}};
    const Expected<float> some(of);
    of.batch = 0;
    CHECK(run<float>(&kernels::convolve<float>, 0, of, {some.x.data(), some.w.data()}).empty());
    CHECK(run<float>(&kernels::convolve_data_gradient<float>, 0, of, {some.dy.data(), some.w.data()}).empty());
    CHECK(run<float>(&kernels::convolve_weight_gradient<float>, of.w_count(), of, {some.x.data(), some.dy.data()}) ==
          std::vector<float>(some.w.size(), 0.F));
    std::vector<float> bias(6, 7.F);
    const test::KernelCall call(bias, {some.dy.data()}, {0, 6, 25, 0, 0});
    call.run(&kernels::convolve_bias_gradient<float>);
    CHECK(bias == std::vector<float>(6, 0.F));
  }
}

TEMPLATE_TEST_CASE("an image's results have the same bits in any batch", "[kernels][convolve]", float, double) {
  std::mt19937 engine(21);
  for (int i = 0; i < 20; ++i) {
    Convolution all = random_convolution(engine, 2, {1, 2, 3, 5, 7, 13});
    all.batch = 7;
    INFO("convolution " << all.print());
    const Expected<TestType> of(all);
    const auto y = run<TestType>(&kernels::convolve<TestType>, all.y_count(), all, {of.x.data(), of.w.data()});
    const auto dx =
        run<TestType>(&kernels::convolve_data_gradient<TestType>, all.x_count(), all, {of.dy.data(), of.w.data()});
    Convolution some = all;
    for (extent first = 0; first < all.batch; ++first) {
      some.batch = std::min<extent>(all.batch - first, 1 + first % 3);
      const extent x_from = first * all.x_count() / all.batch;
      const extent y_from = first * all.y_count() / all.batch;
      const auto y_part =
          run<TestType>(&kernels::convolve<TestType>, some.y_count(), some, {of.x.data() + x_from, of.w.data()});
      const auto dx_part = run<TestType>(&kernels::convolve_data_gradient<TestType>, some.x_count(), some,
                                         {of.dy.data() + y_from, of.w.data()});
      CHECK(std::equal(y_part.begin(), y_part.end(), y.begin() + y_from));
      CHECK(std::equal(dx_part.begin(), dx_part.end(), dx.begin() + x_from));
    }
  }
}

TEMPLATE_TEST_CASE("convolutions and their gradients have the same bits on any number of threads",
                   "[kernels][convolve]", float, double) {
  using T = TestType;
  const Convolution layers[] = {{9, 5, 13, 1, {1, 17, 16}, {1, 3, 3}, {1, 1, 1}, {0, 1, 1}},
                                {9, 20, 31, 1, {1, 12, 12}, {1, 5, 5}},
                                {5, 12, 14, 2, {1, 21, 29}, {1, 3, 3}, {1, 2, 2}, {0, 1, 1}},
                                {4, 24, 24, 24, {1, 29, 33}, {1, 3, 3}, {1, 1, 1}, {0, 1, 1}},
                                {1, 3, 8, 1, {1, 150, 210}, {1, 3, 3}, {1, 1, 1}, {0, 1, 1}},
                                {5, 20, 77, 1, {1, 13, 9}, {1, 3, 3}, {1, 2, 2}, {0, 1, 1}},
                                {6, 80, 128, 2, {1, 7, 11}}};
  for (const Convolution& of : layers) {
    INFO("convolution " << of.print());
    const auto x = numbers<T>(of.x_count(), 1);
    const auto w = numbers<T>(of.w_count(), 2);
    const auto dy = numbers<T>(of.y_count(), 3);
    const auto all = [&] {
      const extent grain = of.batch > 4 ? 2 : 0;
      const extent roots = grain == 0 ? 1 : kernels::count_roots(0, (of.batch + 1) / 2);
      return std::array{
          run<T>(&kernels::convolve<T>, of.y_count(), of, {x.data(), w.data()}),
          run<T>(&kernels::convolve_data_gradient<T>, of.x_count(), of, {dy.data(), w.data()}),
          run<T>(&kernels::convolve_weight_gradient<T>, roots * of.w_count(), of, {x.data(), dy.data()}, grain)};
    };
    const auto alone = all();
    for (int threads = 1; threads <= 4; ++threads) {
      cleave::Team team(threads);
      const cleave::Team::Use use(team);
      CHECK(all() == alone);
    }
  }
}

TEMPLATE_TEST_CASE("weight and bias gradients have the same bits however grains are cut into slices",
                   "[kernels][convolve]", float, double) {
  std::mt19937 engine(22);
  for (int i = 0; i < 16; ++i) {
    Convolution all = i < 12 ? random_convolution(engine, 2, {1, 3, 7, 13}) : wide_convolution(engine);
    constexpr extent grain = 3;
    constexpr extent grains = 7;
    all.batch = grains * grain - 1; // the last has a row less
    INFO("convolution " << all.print());
    const Expected<TestType> of(all);
    const extent pixels = Convolution::count(all.out());
    std::vector<TestType> first_w;
    std::vector<TestType> first_b;
    const std::vector<std::vector<extent>> cuts = {
        {0, 7}, {0, 4, 7}, {0, 3, 7}, {0, 1, 2, 5, 7}, {0, 1, 2, 3, 4, 5, 6, 7}};
    for (const auto& borders : cuts) {
      std::vector<TestType> w_roots;
      std::vector<TestType> b_roots;
      for (std::size_t slice = 0; slice + 1 < borders.size(); ++slice) {
        Convolution some = all;
        const extent row = borders[slice] * grain;
        some.batch = std::min(borders[slice + 1] * grain, all.batch) - row;
        const extent roots = kernels::count_roots(borders[slice], borders[slice + 1]);
        const TestType* const x = of.x.data() + row * all.x_count() / all.batch;
        const TestType* const dy = of.dy.data() + row * all.y_count() / all.batch;
        const auto dw = run<TestType>(&kernels::convolve_weight_gradient<TestType>, roots * all.w_count(), some,
                                      {x, dy}, grain, row);
        w_roots.insert(w_roots.end(), dw.begin(), dw.end());
        std::vector<TestType> db(static_cast<std::size_t>(roots * all.results));
        test::KernelCall call(db, {dy}, {some.batch, all.results, pixels, grain, row});
        call.run(&kernels::convolve_bias_gradient<TestType>);
        b_roots.insert(b_roots.end(), db.begin(), db.end());
      }
      const int slices = static_cast<int>(borders.size()) - 1;
      kernels::join_roots(w_roots.data(), all.w_count(), all.w_count(), borders.data(), slices);
      kernels::join_roots(b_roots.data(), all.results, all.results, borders.data(), slices);
      w_roots.resize(static_cast<std::size_t>(all.w_count()));
      b_roots.resize(static_cast<std::size_t>(all.results));
      if (first_w.empty()) {
        first_w = w_roots;
        first_b = b_roots;
        CHECK(error_of(first_w, of.dw, of.dw_terms) < 1);
        for (extent r = 0; r < all.results; ++r) {
          double sum = 0;
          for (extent n = 0; n < all.batch; ++n) {
            for (extent p = 0; p < pixels; ++p) {
              sum += static_cast<double>(of.dy[static_cast<std::size_t>((n * all.results + r) * pixels + p)]);
            }
          }
          const double unit =
              static_cast<double>(std::numeric_limits<TestType>::epsilon()) * static_cast<double>(all.batch * pixels);
          CHECK(std::abs(static_cast<double>(first_b[static_cast<std::size_t>(r)]) - sum) <= unit);
        }
      }
      CHECK(w_roots == first_w);
      CHECK(b_roots == first_b);
    }
  }
}
