// SPDX-License-Identifier: Apache-2.0
// The kernel as the executor calls it, against a plain loop in double.
#include "support/kernel_call.hpp"
#include "support/numbers.hpp"

#include "kernels/cpu/grain.hpp"

#include <catch2/catch.hpp>

#include <cleave/base/half.hpp>
#include <cleave/ops/contract.hpp>

#include <cmath>
#include <limits>
#include <vector>

using cleave::extent;
using test::numbers;

namespace {

/// One product of the kernel's numbers, in double.
struct Plain {
  extent m, n, k;
  bool transpose_a = false;
  bool transpose_b = false;

  template <class T>
  [[nodiscard]] double operator()(const T* a, const T* b, extent i, extent j) const {
    double sum = 0;
    for (extent l = 0; l < k; ++l) {
      sum += static_cast<double>(a[transpose_a ? l * m + i : i * k + l]) *
             static_cast<double>(b[transpose_b ? j * k + l : l * n + j]);
    }
    return sum;
  }
};

} // namespace

TEMPLATE_TEST_CASE("contract multiplies a batch of matrices", "[kernels][contract]", float, double) {
  constexpr extent batch = 3;
  constexpr extent m = 5;
  constexpr extent n = 19;
  constexpr extent k = 7;
  const auto a = numbers<TestType>(batch * m * k, 1);
  const auto b = numbers<TestType>(batch * k * n, 2);
  for (int form = 0; form < 4; ++form) {
    std::vector<TestType> out(batch * m * n);
    test::KernelCall call(out, {a.data(), b.data()}, {batch, m, n, k});
    call.arguments.masks[0] = static_cast<std::uint8_t>(form);
    call.run(&cleave::kernels::contract<TestType>);
    const Plain plain{m, n, k, (form & 1) != 0, (form & 2) != 0};
    for (extent x = 0; x < batch; ++x) {
      for (extent i = 0; i < m; ++i) {
        for (extent j = 0; j < n; ++j) {
          const double expected = plain(a.data() + x * m * k, b.data() + x * k * n, i, j);
          REQUIRE(static_cast<double>(out[static_cast<std::size_t>((x * m + i) * n + j)]) ==
                  Approx(expected).margin(1e-5));
        }
      }
    }
  }
}

TEST_CASE("contract reads and writes parts of larger matrices", "[kernels][contract]") {
  // a: columns [2, 9) of 11, b: columns [3, 22) of 30, the result: columns [1, 20) of 40; two of each.
  constexpr extent m = 5;
  constexpr extent n = 19;
  constexpr extent k = 7;
  const auto a = numbers<float>(2 * m * 11, 1);
  const auto b = numbers<float>(2 * k * 30, 2);
  std::vector<float> out(2 * m * 40, 9.F);
  const test::KernelCall call(out.data() + 1, {a.data() + 2, b.data() + 3},
                              {2, m, n, k, 0, 0, 11, 30, 40, m * 11, k * 30, m * 40});
  call.run(&cleave::kernels::contract<float>);
  for (extent i = 0; i < 2 * m; ++i) {
    for (extent j = 0; j < 40; ++j) {
      double expected = 9;
      if (j >= 1 && j < 20) {
        expected = 0;
        for (extent l = 0; l < k; ++l) {
          expected += static_cast<double>(a[static_cast<std::size_t>(i * 11 + 2 + l)]) *
                      static_cast<double>(b[static_cast<std::size_t>((i / m * k + l) * 30 + 2 + j)]);
        }
      }
      CHECK(static_cast<double>(out[static_cast<std::size_t>(i * 40 + j)]) == Approx(expected).margin(1e-5));
    }
  }
}

TEMPLATE_TEST_CASE("contract scales, adds a bias, activates and accumulates", "[kernels][contract]", float, double) {
  constexpr extent m = 13;
  constexpr extent n = 37;
  for (const extent k : {3, 300}) {
    const auto a = numbers<TestType>(m * k, 1);
    const auto b = numbers<TestType>(k * n, 2);
    const auto bias = numbers<TestType>(n, 3);
    const auto y = numbers<TestType>(m * n, 4);
    const auto before = numbers<TestType>(m * n, 5);
    for (int bits = 0; bits < 32; ++bits) {
      for (int activation = 0; activation < 4; ++activation) {
        if ((bits & 6) == 6) {
          continue; // a bias is for columns or for rows
        }
        std::vector<TestType> out = before;
        test::KernelCall call(out, {a.data(), b.data(), bias.data(), y.data()}, {1, m, n, k});
        call.arguments.masks[1] = static_cast<std::uint8_t>(bits);
        call.arguments.masks[2] = static_cast<std::uint8_t>(activation);
        call.arguments.numbers[0] = 0.25;
        call.run(&cleave::kernels::contract<TestType>);
        double worst = 0;
        for (extent i = 0; i < m; ++i) {
          for (extent j = 0; j < n; ++j) {
            const auto at = static_cast<std::size_t>(i * n + j);
            double x = Plain{m, n, k}(a.data(), b.data(), i, j) * ((bits & 1) != 0 ? 0.25 : 1);
            x += (bits & 2) != 0 ? static_cast<double>(bias[static_cast<std::size_t>(j)]) : 0;
            x += (bits & 4) != 0 ? static_cast<double>(bias[static_cast<std::size_t>(i)]) : 0;
            const double of = static_cast<double>(y[at]);
            const double activated[] = {x, x > 0 ? x : 0, 1 / (1 + std::exp(-x)), std::tanh(x)};
            const double slopes[] = {1, of > 0 ? 1. : 0., of * (1 - of), 1 - of * of};
            double expected = (bits & 16) != 0 ? x * slopes[activation] : activated[activation];
            expected += (bits & 8) != 0 ? static_cast<double>(before[at]) : 0;
            worst = std::max(worst, std::abs(expected - static_cast<double>(out[at])));
          }
        }
        INFO("k " << k << ", bits " << bits << ", activation " << activation);
        CHECK(worst < (sizeof(TestType) == 4 ? 1e-4 : 1e-12));
      }
    }
  }
}

TEST_CASE("contract applies the epilogue where the result is computed turned", "[kernels][contract]") {
  constexpr extent m = 33;
  constexpr extent n = 200;
  constexpr extent k = 400;
  const auto a = numbers<float>(m * k, 1);
  const auto b = numbers<float>(k * n, 2);
  const auto bias = numbers<float>(n, 3);
  std::vector<float> out(m * n);
  test::KernelCall call(out, {a.data(), b.data(), bias.data()}, {1, m, n, k});
  call.arguments.masks[0] = 2;
  call.arguments.masks[1] = 2;
  call.arguments.masks[2] = 1;
  call.run(&cleave::kernels::contract<float>);
  const Plain plain{m, n, k, false, true};
  double worst = 0;
  for (extent i = 0; i < m; ++i) {
    for (extent j = 0; j < n; ++j) {
      const double x = plain(a.data(), b.data(), i, j) + static_cast<double>(bias[static_cast<std::size_t>(j)]);
      worst =
          std::max(worst, std::abs((x > 0 ? x : 0) - static_cast<double>(out[static_cast<std::size_t>(i * n + j)])));
    }
  }
  CHECK(worst < 1e-4);
}

TEMPLATE_TEST_CASE("contract computes elements of 16 bits in float", "[kernels][contract]", cleave::float16,
                   cleave::bfloat16) {
  for (const extent k : {7, 300}) {
    constexpr extent m = 29;
    constexpr extent n = 33;
    const auto a = numbers<TestType>(m * k, 1);
    const auto b = numbers<TestType>(k * n, 2);
    const std::vector<float> wide_a(a.begin(), a.end());
    const std::vector<float> wide_b(b.begin(), b.end());
    for (int form = 0; form < 4; ++form) {
      std::vector<TestType> out(m * n);
      std::vector<float> wide(m * n);
      test::KernelCall call(out, {a.data(), b.data()}, {1, m, n, k});
      test::KernelCall in_float(wide, {wide_a.data(), wide_b.data()}, {1, m, n, k});
      call.arguments.masks[0] = in_float.arguments.masks[0] = static_cast<std::uint8_t>(form);
      call.run(&cleave::kernels::contract<TestType>);
      in_float.run(&cleave::kernels::contract<float>);
      for (std::size_t i = 0; i < out.size(); ++i) {
        REQUIRE(out[i].bits == TestType(wide[i]).bits);
      }
    }
  }
}

namespace {

/// The weight gradient of `rows` rows from `first` on: one root per aligned block.
template <class T>
std::vector<T> weight_gradient(const std::vector<T>& x, const std::vector<T>& dy, extent m, extent n, extent grain,
                               extent first, extent rows) {
  const cleave::kernels::Grains grains{grain, first, rows};
  std::vector<T> roots(static_cast<std::size_t>(cleave::kernels::count_roots(grains.first(), grains.last()) * m * n));
  test::KernelCall call(roots, {x.data() + first * m, dy.data() + first * n}, {1, m, n, rows, grain, first});
  call.arguments.masks[0] = 1;
  call.run(&cleave::kernels::contract<T>);
  return roots;
}

} // namespace

TEMPLATE_TEST_CASE("a product over rows of the batch has the same bits for every cut of the rows",
                   "[kernels][contract][grain]", float, double) {
  struct Size {
    extent m, n, rows, grain;
  };
  for (const Size& size : {Size{13, 5, 37, 1}, Size{29, 33, 64, 2}, Size{3, 40, 230, 8}, Size{31, 7, 1100, 32},
                           Size{5, 130, 1030, 300}, Size{40, 3, 700, 64}}) {
    const extent grains = (size.rows + size.grain - 1) / size.grain;
    const auto x = numbers<TestType>(size.rows * size.m, 1);
    const auto dy = numbers<TestType>(size.rows * size.n, 2);
    const extent count = size.m * size.n;
    const auto joined = [&](std::vector<TestType> roots, const std::vector<extent>& borders) {
      cleave::kernels::join_roots(roots.data(), count, count, borders.data(), static_cast<int>(borders.size()) - 1);
      roots.resize(static_cast<std::size_t>(count));
      return roots;
    };
    const auto whole =
        joined(weight_gradient(x, dy, size.m, size.n, size.grain, 0, size.rows), std::vector<extent>{0, grains});
    const Plain plain{size.m, size.n, size.rows, true, false};
    for (extent i = 0; i < count; ++i) {
      REQUIRE(static_cast<double>(whole[static_cast<std::size_t>(i)]) ==
              Approx(plain(x.data(), dy.data(), i / size.n, i % size.n)).margin(1e-3));
    }
    for (extent cuts = 2; cuts <= 8 && cuts <= grains; ++cuts) {
      std::vector<TestType> roots;
      std::vector<extent> borders{0};
      for (extent c = 0; c < cuts; ++c) {
        const extent last = c + 1 == cuts ? grains : grains * (c + 1) / cuts;
        const extent row = borders.back() * size.grain;
        const auto slice =
            weight_gradient(x, dy, size.m, size.n, size.grain, row, std::min(size.rows, last * size.grain) - row);
        roots.insert(roots.end(), slice.begin(), slice.end());
        borders.push_back(last);
      }
      INFO(size.rows << " rows, " << size.grain << " a grain, " << cuts << " cuts");
      CHECK(joined(roots, borders) == whole);
    }
  }
}
