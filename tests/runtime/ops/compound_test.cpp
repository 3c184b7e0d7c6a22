// SPDX-License-Identifier: Apache-2.0
#include <cleave/tensor.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <vector>

using cleave::axes::C, cleave::axes::N;

namespace {

using Matrix = cleave::Tensor<float, cleave::Shape<N<2>, C<3>>>;

template <class X>
std::vector<float> elements(const X& x) {
  const auto all = cleave::to_tensor(x);
  return {all.begin(), all.end()};
}

} // namespace

TEST_CASE("compound assignment writes into a tensor's own elements", "[ops]") {
  Matrix x{1, 2, 3, 4, 5, 6};
  const float* const before = x.data();
  const cleave::Tensor<float, cleave::Shape<C<3>>> row{1, 10, 100};
  x += row;
  CHECK(elements(x) == std::vector<float>{2, 12, 103, 5, 15, 106});
  x -= 1.F;
  x *= 2.F;
  CHECK(elements(x) == std::vector<float>{2, 22, 204, 8, 28, 210});
  x /= x;
  CHECK(elements(x) == std::vector<float>{1, 1, 1, 1, 1, 1});
  CHECK(x.data() == before);
}

TEST_CASE("compound assignment is right where the right side reads what is written", "[ops]") {
  Matrix x{1, 2, 3, 4, 5, 6};
  x += x * 2.F;
  CHECK(elements(x) == std::vector<float>{3, 6, 9, 12, 15, 18});
}

TEST_CASE("compound assignment through a view writes the elements under it, also from overlapping ones", "[ops]") {
  cleave::Tensor<float, cleave::Shape<N<5>>> x{1, 2, 3, 4, 5};
  const auto upper = slice<N, 1, 5>(x);
  const auto lower = slice<N, 0, 4>(x);
  upper += lower;
  CHECK(elements(x) == std::vector<float>{1, 3, 5, 7, 9});
}

TEST_CASE("a lazy expression sees what compound assignment wrote", "[ops]") {
  Matrix x{1, 2, 3, 4, 5, 6};
  const auto twice = x * 2.F;
  x += 1.F;
  CHECK(elements(twice) == std::vector<float>{4, 6, 8, 10, 12, 14});
}

TEST_CASE("integers are added, multiplied and divided without trapping", "[ops]") {
  cleave::Tensor<std::int32_t, cleave::Shape<C<4>>> x{7, -7, 0, -2147483647 - 1};
  const cleave::Tensor<std::int32_t, cleave::Shape<C<4>>> y{2, 2, 0, -1};
  const auto quotient = cleave::to_tensor(x / y);
  CHECK(std::vector<std::int32_t>(quotient.begin(), quotient.end()) ==
        std::vector<std::int32_t>{3, -3, 0, -2147483647 - 1});
  x += 1;
  CHECK(x(0) == 8);
  x -= -2147483647;
  CHECK(x(0) == -2147483641); // wraps around
}
