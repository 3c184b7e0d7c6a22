// SPDX-License-Identifier: Apache-2.0
// Eigen is the oracle; the order of additions is checked against a loop of scalars.
#include "kernels/cpu/gemm.hpp"

#include "support/numbers.hpp"

#include <catch2/catch.hpp>

#include <Eigen/Core>

#include <cmath>
#include <limits>
#include <vector>

using cleave::extent;
using test::numbers;

namespace {

template <class T>
std::vector<T> product(const std::vector<T>& a, const std::vector<T>& b, extent m, extent n, extent k, bool transpose_a,
                       bool transpose_b) {
  std::vector<T> out(static_cast<std::size_t>(m * n), std::numeric_limits<T>::quiet_NaN());
  cleave::kernels::multiply(cleave::kernels::Product<T>{.out = out.data(),
                                                        .a = a.data(),
                                                        .b = b.data(),
                                                        .m = m,
                                                        .n = n,
                                                        .k = k,
                                                        .transpose_a = transpose_a,
                                                        .transpose_b = transpose_b});
  return out;
}

template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// The largest difference from Eigen's product, in units of the rounding that `k` additions may bring.
template <class T>
double error_of(extent m, extent n, extent k, bool transpose_a, bool transpose_b) {
  const std::vector<T> a = numbers<T>(m * k, 1);
  const std::vector<T> b = numbers<T>(k * n, 2);
  const std::vector<T> out = product(a, b, m, n, k, transpose_a, transpose_b);
  const Eigen::Map<const Matrix<T>> left(a.data(), transpose_a ? k : m, transpose_a ? m : k);
  const Eigen::Map<const Matrix<T>> right(b.data(), transpose_b ? n : k, transpose_b ? k : n);
  const Matrix<double> x = transpose_a ? Matrix<double>(left.transpose().template cast<double>())
                                       : Matrix<double>(left.template cast<double>());
  const Matrix<double> y = transpose_b ? Matrix<double>(right.transpose().template cast<double>())
                                       : Matrix<double>(right.template cast<double>());
  const Matrix<double> expected = x * y;
  const Eigen::Map<const Matrix<T>> got(out.data(), m, n);
  const double unit = static_cast<double>(std::numeric_limits<T>::epsilon()) * static_cast<double>(k + 1);
  return m * n == 0 ? 0 : (got.template cast<double>() - expected).cwiseAbs().maxCoeff() / unit;
}

} // namespace

TEMPLATE_TEST_CASE("a product of matrices equals Eigen's, whatever the sizes and transpositions", "[kernels][gemm]",
                   float, double) {
  const extent sizes[] = {1, 2, 3, 5, 7, 13, 29, 31, 33};
  double worst = 0;
  for (const extent m : sizes) {
    for (const extent n : sizes) {
      for (const extent k : sizes) {
        for (int transposed = 0; transposed < 4; ++transposed) {
          worst = std::max(worst, error_of<TestType>(m, n, k, (transposed & 1) != 0, (transposed & 2) != 0));
        }
      }
    }
  }
  CHECK(worst < 1);
}

TEMPLATE_TEST_CASE("a product goes on over more than one block of rows, of columns and of depth", "[kernels][gemm]",
                   float, double) {
  for (int transposed = 0; transposed < 4; ++transposed) {
    CHECK(error_of<TestType>(65, 131, 517, (transposed & 1) != 0, (transposed & 2) != 0) < 1);
    CHECK(error_of<TestType>(300, 3, 500, (transposed & 1) != 0, (transposed & 2) != 0) < 1);
    CHECK(error_of<TestType>(3, 1100, 300, (transposed & 1) != 0, (transposed & 2) != 0) < 1);
    CHECK(error_of<TestType>(1037, 50, 260, (transposed & 1) != 0, (transposed & 2) != 0) < 1);
    CHECK(error_of<TestType>(5, 64, 256, (transposed & 1) != 0, (transposed & 2) != 0) < 1);
  }
}

TEST_CASE("a product over nothing is zeros, and one of no rows writes nothing", "[kernels][gemm]") {
  const std::vector<float> none;
  CHECK(product(none, none, 2, 3, 0, false, false) == std::vector<float>(6, 0.F));
  for (const extent rows : {1, 2, 3}) { // few rows of many columns are multiplied otherwise
    CHECK(product(none, none, rows, 300, 0, false, false) == std::vector<float>(static_cast<std::size_t>(rows) * 300));
  }
  CHECK(product(none, numbers<float>(12, 1), 0, 3, 4, false, false).empty());
}

TEMPLATE_TEST_CASE("a row has the same bits however many rows ride along", "[kernels][gemm]", float, double) {
  constexpr extent m = 29;
  constexpr extent n = 37;
  constexpr extent k = 600;
  const std::vector<TestType> a = numbers<TestType>(m * k, 3);
  const std::vector<TestType> b = numbers<TestType>(k * n, 4);
  const std::vector<TestType> all = product(a, b, m, n, k, false, false);
  for (extent first = 0; first < m; first += 3) {
    for (extent rows = 1; rows <= m - first; rows += 2) {
      const std::vector<TestType> some(a.begin() + first * k, a.begin() + (first + rows) * k);
      const std::vector<TestType> out = product(some, b, rows, n, k, false, false);
      REQUIRE(std::equal(out.begin(), out.end(), all.begin() + first * n));
    }
  }
}

TEST_CASE("the four transpositions of one product have the same bits", "[kernels][gemm]") {
  constexpr extent m = 13;
  constexpr extent n = 50;
  constexpr extent k = 300;
  const std::vector<float> a = numbers<float>(m * k, 5);
  const std::vector<float> b = numbers<float>(k * n, 6);
  std::vector<float> a_turned(a.size());
  std::vector<float> b_turned(b.size());
  for (extent i = 0; i < m; ++i) {
    for (extent l = 0; l < k; ++l) {
      a_turned[static_cast<std::size_t>(l * m + i)] = a[static_cast<std::size_t>(i * k + l)];
    }
  }
  for (extent l = 0; l < k; ++l) {
    for (extent j = 0; j < n; ++j) {
      b_turned[static_cast<std::size_t>(j * k + l)] = b[static_cast<std::size_t>(l * n + j)];
    }
  }
  const std::vector<float> plain = product(a, b, m, n, k, false, false);
  CHECK(product(a_turned, b, m, n, k, true, false) == plain);
  CHECK(product(a, b_turned, m, n, k, false, true) == plain);
  CHECK(product(a_turned, b_turned, m, n, k, true, true) == plain);
}

TEMPLATE_TEST_CASE("a product whose result is computed turned has the bits of the plain one", "[kernels][gemm]", float,
                   double) {
  constexpr extent m = 37;
  constexpr extent n = 300;
  constexpr extent k = 500;
  REQUIRE(cleave::kernels::gemm::is_better_turned(cleave::kernels::Product<TestType>{
      .out = nullptr, .a = nullptr, .b = nullptr, .m = m, .n = n, .k = k, .transpose_b = true}));
  const std::vector<TestType> a = numbers<TestType>(m * k, 5);
  const std::vector<TestType> b = numbers<TestType>(k * n, 6);
  std::vector<TestType> b_turned(b.size());
  for (extent l = 0; l < k; ++l) {
    for (extent j = 0; j < n; ++j) {
      b_turned[static_cast<std::size_t>(j * k + l)] = b[static_cast<std::size_t>(l * n + j)];
    }
  }
  CHECK(product(a, b_turned, m, n, k, false, true) == product(a, b, m, n, k, false, false));
}

TEMPLATE_TEST_CASE("a few rows of a, or a few columns of b, have the same bits as among many", "[kernels][gemm]", float,
                   double) {
  constexpr extent most = 29;
  for (const extent n : {1, 2, 5, 16, 37, 66, 133, 1030, 1100}) {
    for (const extent k : {1, 7, 8, 13, 64, 600}) {
      const std::vector<TestType> a = numbers<TestType>(most * k, 3);
      const std::vector<TestType> b = numbers<TestType>(k * n, 4);
      for (const bool transpose_b : {false, true}) {
        const std::vector<TestType> all = product(a, b, most, n, k, false, transpose_b);
        for (const extent rows : {1, 2, 3, 4, 5, 8, 9}) {
          const std::vector<TestType> some(a.begin(), a.begin() + rows * k);
          const std::vector<TestType> out = product(some, b, rows, n, k, false, transpose_b);
          REQUIRE(std::equal(out.begin(), out.end(), all.begin()));
          // The transpose of the result is a product of b^T, whose rows are those of a^T.
          const std::vector<TestType> turned = product(b, some, n, rows, k, !transpose_b, true);
          for (extent i = 0; i < rows; ++i) {
            for (extent j = 0; j < n; ++j) {
              REQUIRE(turned[static_cast<std::size_t>(j * rows + i)] == all[static_cast<std::size_t>(i * n + j)]);
            }
          }
        }
      }
    }
  }
}

TEMPLATE_TEST_CASE("threads that share a product leave its bits", "[kernels][gemm]", float, double) {
  constexpr extent k = 300;
  constexpr extent n = 4102; // the last columns of some piece fill no register
  const std::vector<TestType> b = numbers<TestType>(k * n, 4);
  for (const extent m : {1, 2, 7, 30}) {
    const std::vector<TestType> a = numbers<TestType>(m * k, 3);
    for (const bool transpose_b : {false, true}) {
      const std::vector<TestType> expected = product(a, b, m, n, k, false, transpose_b);
      for (const int threads : {2, 3, 4}) {
        cleave::Team team(threads);
        const cleave::Team::Use use(team);
        REQUIRE(product(a, b, m, n, k, false, transpose_b) == expected);
      }
    }
  }
}

TEST_CASE("a few columns are written between others, and nothing is written beside them", "[kernels][gemm]") {
  constexpr extent k = 40;
  constexpr extent m = 50;
  constexpr extent row = 11;
  const std::vector<float> a = numbers<float>(m * k, 3);
  for (const extent n : {1, 2, 3, 8}) {
    const std::vector<float> b = numbers<float>(n * k, 4);
    const std::vector<float> expected = product(a, b, m, n, k, false, true);
    std::vector<float> out(static_cast<std::size_t>(m * row), 5.F);
    cleave::kernels::multiply(cleave::kernels::Product<float>{.out = out.data() + 1,
                                                              .a = a.data(),
                                                              .b = b.data(),
                                                              .m = m,
                                                              .n = n,
                                                              .k = k,
                                                              .transpose_b = true,
                                                              .out_row = row});
    for (extent i = 0; i < m; ++i) {
      for (extent j = 0; j < row; ++j) {
        const bool inside = j >= 1 && j <= n;
        REQUIRE(out[static_cast<std::size_t>(i * row + j)] ==
                (inside ? expected[static_cast<std::size_t>(i * n + j - 1)] : 5.F));
      }
    }
  }
}

TEST_CASE("products are added one by one within chunks of k, and chunks one by one", "[kernels][gemm]") {
  // Powers of two: every product is exact, so that contraction to fused operations changes nothing.
  constexpr extent k = 700; // two chunks: 352 and 348
  std::vector<float> a(k);
  std::vector<float> b(k, 1.F);
  float expected = 0;
  float chunk = 0;
  for (extent l = 0; l < k; ++l) {
    a[static_cast<std::size_t>(l)] = std::ldexp(l % 3 == 0 ? -1.F : 1.F, static_cast<int>((l * 7) % 40) - 20);
    chunk += a[static_cast<std::size_t>(l)];
    if (l + 1 == 352 || l + 1 == k) {
      expected += chunk;
      chunk = 0;
    }
  }
  CHECK(product(a, b, 1, 1, k, false, false)[0] == expected);
}

TEST_CASE("a long sum of equal terms loses few digits", "[kernels][gemm]") {
  constexpr extent k = 1'000'000; // one chain of additions is wrong by 1e-3 here
  const std::vector<float> a(k, 0.1F);
  const std::vector<float> b(k, 0.1F);
  const double expected = static_cast<double>(k) * static_cast<double>(0.1F) * static_cast<double>(0.1F);
  CHECK(product(a, b, 1, 1, k, false, false)[0] == Approx(expected).epsilon(3e-5));
}

TEST_CASE("operands and result may begin anywhere", "[kernels][gemm]") {
  constexpr extent m = 9;
  constexpr extent n = 40;
  constexpr extent k = 30;
  const std::vector<float> a = numbers<float>(m * k + 1, 7);
  const std::vector<float> b = numbers<float>(k * n + 1, 8);
  std::vector<float> out(static_cast<std::size_t>(m * n + 2), 5.F);
  cleave::kernels::multiply(cleave::kernels::Product<float>{
      .out = out.data() + 1, .a = a.data() + 1, .b = b.data() + 1, .m = m, .n = n, .k = k});
  const std::vector<float> shifted = product(std::vector<float>(a.begin() + 1, a.end()),
                                             std::vector<float>(b.begin() + 1, b.end()), m, n, k, false, false);
  CHECK(std::equal(shifted.begin(), shifted.end(), out.begin() + 1));
  CHECK(out.front() == 5.F);
  CHECK(out.back() == 5.F);
}
