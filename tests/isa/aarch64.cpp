// SPDX-License-Identifier: Apache-2.0
// A header-only program of kernels whose results are known, for processors that the build machine has not.
#include <cleave/cleave.hpp>

#include <cmath>
#include <cstdio>

using cleave::extent, cleave::Shape, cleave::Tensor;
using cleave::axes::C, cleave::axes::N, cleave::axes::O;

namespace {

int failures = 0;

void expect(bool holds, const char* what) {
  if (!holds) {
    std::printf("FAILED %s\n", what);
    ++failures;
  }
}

bool near(double a, double b) { return std::fabs(a - b) <= 1e-5 * (1 + std::fabs(b)); }

template <class T>
void check() {
  constexpr extent m = 37;
  constexpr extent n = 29;
  constexpr extent k = 311;
  const auto a = cleave::random_normal<T, Shape<N<m>, C<k>>>(1);
  const auto b = cleave::random_normal<T, Shape<C<k>, O<n>>>(2);
  const Tensor product = dot<C>(a, b);
  const Tensor probabilities = cleave::softmax<O>(product);
  const Tensor total = cleave::sum<N>(product);
  const Tensor turned = cleave::transpose<O, N>(product);
  bool products = true;
  bool sums = true;
  bool moves = true;
  double largest = 0;
  for (extent j = 0; j < n; ++j) {
    double column = 0;
    for (extent i = 0; i < m; ++i) {
      double exact = 0;
      for (extent l = 0; l < k; ++l) {
        exact += static_cast<double>(a.data()[i * k + l]) * static_cast<double>(b.data()[l * n + j]);
      }
      const auto got = static_cast<double>(product.data()[i * n + j]);
      products = products && std::fabs(got - exact) < 1e-3;
      moves = moves && turned.data()[j * m + i] == product.data()[i * n + j];
      column += got;
    }
    sums = sums && near(static_cast<double>(total.data()[j]), column);
  }
  for (extent i = 0; i < m; ++i) {
    double row = 0;
    for (extent j = 0; j < n; ++j) {
      row += static_cast<double>(probabilities.data()[i * n + j]);
    }
    largest = std::fmax(largest, std::fabs(row - 1));
  }
  expect(products, "a product differs from its loop");
  expect(sums, "a sum over rows differs from its loop");
  expect(moves, "a transpose has other elements");
  expect(largest < 1e-5, "probabilities do not add up to 1");
  const Tensor fused = tanh(a * T(2) + T(1)) * exp(a);
  bool elements = true;
  for (extent i = 0; i < m * k; ++i) {
    const auto x = static_cast<double>(a.data()[i]);
    elements = elements && near(static_cast<double>(fused.data()[i]), std::tanh(2 * x + 1) * std::exp(x));
  }
  expect(elements, "a fused chain differs from the C library");
}

} // namespace

int main() {
  check<float>();
  check<double>();
  std::printf("aarch64: %d failures\n", failures);
  return failures == 0 ? 0 : 1;
}
