// SPDX-License-Identifier: Apache-2.0
#include <cleave/tensor.hpp>

#include <catch2/catch.hpp>

#include <utility>

namespace {

using cleave::Shape, cleave::Tensor;
using cleave::axes::C, cleave::axes::H, cleave::axes::N;

template <class S>
Tensor<float, S> filled(float first, float step) {
  Tensor<float, S> x(cleave::uninitialized);
  for (float& element : x) {
    element = first;
    first += step;
  }
  return x;
}

using Matrix = Tensor<float, Shape<N<2>, C<3>>>;

auto expression_of_locals() {
  const Matrix x = {0, 1, 2, 3, 4, 5};
  const Tensor<float, Shape<C<3>>> bias = {10, 20, 30};
  auto doubled = x * 2.f;
  return relu(doubled + bias) - 1;
}

template <cleave::extent Rows, cleave::extent Columns>
void check_sizes() {
  const auto x = filled<Shape<N<Rows>, C<Columns>>>(-3, 0.5F);
  const auto per_row = filled<Shape<N<Rows>>>(1, 1);
  const auto per_column = filled<Shape<C<Columns>>>(2, -1);
  const Tensor y = relu(x * per_row) - per_column / 2;
  bool all_equal = true;
  for (cleave::extent n = 0; n < Rows; ++n) {
    for (cleave::extent c = 0; c < Columns; ++c) {
      const float product = x(n, c) * per_row(n);
      const float expected = (product < 0 ? 0 : product) - per_column(c) / 2;
      all_equal = all_equal && y(n, c) == expected;
    }
  }
  CAPTURE(Rows, Columns);
  CHECK(all_equal);
}

template <cleave::extent... Sizes>
void check_all_sizes() {
  (check_sizes<Sizes, 1>(), ...);
  (check_sizes<1, Sizes>(), ...);
  (check_sizes<Sizes, 7>(), ...);
  (check_sizes<3, Sizes>(), ...);
}

} // namespace

TEST_CASE("an expression outlives its operands", "[expression]") {
  const auto z = expression_of_locals();
  const Matrix r = z;
  CHECK(r(0, 0) == 9);
  CHECK(r(1, 2) == 39);
  auto copy = z;
  const auto moved = std::move(copy);
  CHECK(Matrix(moved)(1, 2) == 39);
}

TEST_CASE("an expression sees later writes to its tensors", "[expression]") {
  Matrix x = {0, 1, 2, 3, 4, 5};
  const auto z = x + 100;
  x(0, 0) = 7;
  CHECK(Matrix(z)(0, 0) == 107);
  x = Matrix{1, 1, 1, 1, 1, 1}; // a whole new value counts as writing
  CHECK(Matrix(z)(0, 0) == 101);
  const Matrix other = {2, 2, 2, 2, 2, 2};
  x = other;
  CHECK(Matrix(z)(0, 0) == 102);
  x = x * 2;
  CHECK(Matrix(z)(0, 0) == 104);
}

TEST_CASE("an expression stays valid when its tensor is moved from", "[expression]") {
  Matrix x = {0, 1, 2, 3, 4, 5};
  const auto z = x * 10;
  Matrix y = std::move(x);
  CHECK(Matrix(z)(1, 2) == 50);
  y(1, 2) = 6;
  CHECK(Matrix(z)(1, 2) == 60);
  Matrix w;
  const auto v = w + 1;
  w = std::move(y); // z and v refer to different memory; both see the value
  CHECK(Matrix(v)(1, 2) == 7);
  CHECK(Matrix(z)(1, 2) == 60);
}

TEST_CASE("a tensor may be assigned from an expression that reads it", "[expression]") {
  Matrix a = {0, 1, 2, 3, 4, 5};
  const Matrix b = {1, 1, 1, 1, 1, 1};
  a = a + b;
  CHECK(a(1, 2) == 6);
  a = a * a - a;
  CHECK(a(1, 2) == 30);
}

TEST_CASE("operands broadcast by name, not by position", "[expression]") {
  const Tensor<float, Shape<N<2>, C<3>, H<2>>> x = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  const Tensor<float, Shape<C<3>>> c = {100, 200, 300};
  const Tensor<float, Shape<N<2>, H<2>>> nh = {1000, 2000, 3000, 4000};
  const Tensor<float, Shape<>> scalar = {0.5F};
  const Tensor y = (c + x) + nh * scalar;
  CHECK(y(0, 0, 0) == 0 + 100 + 500);
  CHECK(y(0, 2, 1) == 5 + 300 + 1000);
  CHECK(y(1, 1, 0) == 8 + 200 + 1500);
  CHECK(y(1, 2, 1) == 11 + 300 + 2000);
}

TEST_CASE("numbers take the element type of the expression", "[expression]") {
  const Tensor<float, Shape<C<2>>> x = {1, 2};
  const Tensor y = 1 - x * 0.5;
  static_assert(std::is_same_v<decltype(y)::element, float>);
  CHECK(y(1) == 0);
  const Tensor<std::int32_t, Shape<C<2>>> i = {7, 8};
  const Tensor j = i / 2 - 1;
  CHECK(j(0) == 2);
  CHECK(-Tensor<double, Shape<>>{3}() == -3);
}

TEST_CASE("scalars and one-element shapes calculate", "[expression]") {
  const Tensor<double, Shape<>> a = {2};
  const Tensor<double, Shape<N<1>, C<1>>> b = {5};
  const Tensor sum = a + b * a;
  static_assert(std::is_same_v<decltype(sum)::shape, Shape<N<1>, C<1>>>);
  CHECK(sum(0, 0) == 12);
  const Tensor square = a * a;
  CHECK(square() == 4);
}

TEST_CASE("every size calculates as its elements do", "[expression]") {
  check_all_sizes<1, 2, 3, 5, 7, 13, 29, 31, 33>();
}

TEST_CASE("an expression of an expression of locals may be returned, stored and moved", "[expression]") {
  const auto build = [](float scale) {
    const auto inner = expression_of_locals();
    const Matrix ones = {1, 1, 1, 1, 1, 1};
    return inner * scale + ones;
  };
  const auto first = build(2);
  const auto second = build(3);
  const auto both = first + second;
  CHECK(Matrix(both)(0, 0) == 9 * 2 + 1 + 9 * 3 + 1);
  CHECK(Matrix(both)(1, 2) == 39 * 2 + 1 + 39 * 3 + 1);
}

TEST_CASE("an expression keeps its tensors, not those that are assigned to their names later", "[expression]") {
  auto held = [] {
    Matrix x = {0, 1, 2, 3, 4, 5};
    auto z = x + 1;
    const Matrix taken = std::move(x);
    x = Matrix{9, 9, 9, 9, 9, 9};
    return z;
  }();
  CHECK(Matrix(held)(1, 2) == 6);
}

TEST_CASE("a subexpression may be used three times", "[expression]") {
  const Matrix x = {0, 1, 2, 3, 4, 5};
  const auto part = relu(x - 2);
  const Matrix y = part * part + part;
  CHECK((y == Matrix{0, 0, 0, 2, 6, 12}));
  const Matrix once = part; // evaluated once, where that matters
  CHECK((once * once + once == y));
}

TEST_CASE("integers of every width calculate", "[expression]") {
  const Tensor<std::int32_t, Shape<C<3>>> i = {1, -2, 3};
  CHECK((relu(i) * 2 - 1 == Tensor<std::int32_t, Shape<C<3>>>{1, -1, 5}));
  const Tensor<std::int64_t, Shape<C<3>>> l = {std::int64_t{1} << 40, 2, -3};
  CHECK((l + l == Tensor<std::int64_t, Shape<C<3>>>{std::int64_t{1} << 41, 4, -6}));
  CHECK((-l == Tensor<std::int64_t, Shape<C<3>>>{-(std::int64_t{1} << 40), -2, 3}));
  const Tensor<std::uint8_t, Shape<C<3>>> b = {1, 200, 255};
  CHECK((block_grad(b) == b));
  CHECK((cleave::cast<std::int32_t>(b) + i == Tensor<std::int32_t, Shape<C<3>>>{2, 198, 258}));
}

TEST_CASE("the longest expression has twelve leaves", "[expression]") {
  const Tensor<float, Shape<C<3>>> x = {1, 2, 3};
  const auto six = x + x + x + x + x + x;
  const Tensor twelve = six + six;
  CHECK(twelve(2) == 36);
}
