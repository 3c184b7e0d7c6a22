// SPDX-License-Identifier: Apache-2.0
#include <cleave/tensor.hpp>

#include <catch2/catch.hpp>

namespace {

using cleave::concat, cleave::copy_to, cleave::Cpu, cleave::Shape, cleave::slice, cleave::Tensor;
using cleave::axes::C, cleave::axes::H, cleave::axes::N;

const Tensor<float, Shape<N<4>, C<3>>>& numbers() {
  static const Tensor<float, Shape<N<4>, C<3>>> x = {0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32};
  return x;
}

template <class A, class B>
bool equal(const A& a, const B& b) {
  static_assert(std::is_same_v<typename A::shape, typename B::shape>);
  for (cleave::extent i = 0; i < a.size(); ++i) {
    if (a.data()[i] != b.data()[i]) {
      return false;
    }
  }
  return true;
}

} // namespace

TEST_CASE("a slice is a view of the elements", "[movement]") {
  auto x = numbers();
  const auto middle = slice<N, 1, 3>(x);
  CHECK(middle(0, 0) == 10);
  CHECK(middle(1, 2) == 22);
  middle(1, 2) = -1;
  CHECK(x(2, 2) == -1);
  const auto right = slice<'C', 1, 3>(slice<N, 2, 4>(x));
  CHECK(right(1, 0) == 31);
  CHECK(right(0, 1) == -1);
}

TEST_CASE("a slice of a slice is the slice of the sum of the borders", "[movement]") {
  const auto& x = numbers();
  CHECK(slice<N, 1, 2>(slice<N, 1, 4>(x)).data() == slice<N, 2, 3>(x).data());
}

TEST_CASE("slices along any axis concatenate to the whole", "[movement]") {
  const auto& x = numbers();
  CHECK(equal(concat<N>(slice<N, 0, 1>(x), slice<N, 1, 4>(x)), x));
  CHECK(equal(concat<C>(slice<C, 0, 1>(x), slice<C, 1, 2>(x), slice<C, 2, 3>(x)), x));
  CHECK(equal(concat<'C'>(slice<'C', 0, 2>(x), slice<'C', 2, 3>(x)), x));
  CHECK(equal(concat<N>(x), x));
}

TEST_CASE("expressions concatenate, evaluated in place", "[movement]") {
  const auto& x = numbers();
  const Tensor<float, Shape<C<3>>> bias = {1, 2, 3};
  const auto both = concat<N>(x + bias, x, slice<N, 3, 4>(x) * 2);
  static_assert(std::is_same_v<decltype(both), const Tensor<float, Shape<N<9>, C<3>>>>);
  CHECK(both(0, 2) == 5);
  CHECK(both(4, 2) == 2);
  CHECK(both(8, 2) == 64);
}

TEST_CASE("a middle axis concatenates", "[movement]") {
  const Tensor<float, Shape<N<2>, C<1>, H<2>>> a = {0, 1, 2, 3};
  const Tensor<float, Shape<N<2>, C<2>, H<2>>> b = {10, 11, 12, 13, 14, 15, 16, 17};
  const Tensor<float, Shape<N<2>, C<3>, H<2>>> expected = {0, 1, 10, 11, 12, 13, 2, 3, 14, 15, 16, 17};
  CHECK(equal(concat<C>(a, b), expected));
}

TEST_CASE("part of a data set is a view of static size, checked while running", "[movement]") {
  Tensor<float, Shape<N<cleave::dynamic>, C<2>>> data(5);
  data(4, 1) = 3;
  const auto last = slice<N, 3, 5>(data);
  static_assert(decltype(last)::shape::is_static);
  CHECK(Tensor(last + 1)(1, 1) == 4);
  CHECK_THROWS_WITH((slice<N, 3, 6>(data)), Catch::Contains("3 to 6 along axis N") && Catch::Contains("there are 5"));
}

TEST_CASE("a copy on another device has the same elements", "[movement]") {
  const auto& x = numbers();
  const auto there = copy_to<Cpu<1>>(x);
  static_assert(std::is_same_v<decltype(there)::device, Cpu<1>>);
  CHECK(equal(there, x));
  CHECK(equal(copy_to<Cpu<0>>(slice<C, 0, 2>(there)), concat<C>(slice<C, 0, 2>(x))));
  CHECK(copy_to<Cpu<1>>(x * 2)(3, 2) == 64);
  Tensor<float, Shape<N<cleave::dynamic>, C<2>>> data(3);
  data(2, 1) = 8;
  CHECK(copy_to<Cpu<1>>(data)(2, 1) == 8);
}

TEST_CASE("elements are converted by name", "[movement]") {
  const Tensor<double, Shape<C<3>>> x = {1.9, -1.9, 300};
  CHECK(cleave::cast<std::int32_t>(x)(1) == -1);
  CHECK(cleave::cast<std::uint8_t>(x + 0)(2) == 255);
  CHECK(cleave::cast<float>(slice<C, 1, 3>(x))(0) == -1.9F);
  Tensor<double, Shape<N<cleave::dynamic>>> data = {1.5, 2.5};
  CHECK(cleave::cast<std::int64_t>(data)(1) == 2);
}
