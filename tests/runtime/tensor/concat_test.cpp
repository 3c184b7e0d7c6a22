// SPDX-License-Identifier: Apache-2.0
#include <cleave/tensor.hpp>

#include <catch2/catch.hpp>

namespace {

using cleave::concat, cleave::concat_into, cleave::Shape, cleave::slice, cleave::stack, cleave::Tensor;
using cleave::axes::C, cleave::axes::H, cleave::axes::N, cleave::axes::T;

const Tensor<float, Shape<N<4>, C<3>>>& numbers() {
  static const Tensor<float, Shape<N<4>, C<3>>> x = {0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32};
  return x;
}

} // namespace

TEST_CASE("slices along any axis concatenate to the whole", "[concat]") {
  const auto& x = numbers();
  CHECK((concat<N>(slice<N, 0, 1>(x), slice<N, 1, 4>(x)) == x));
  CHECK((concat<C>(slice<C, 0, 1>(x), slice<C, 1, 2>(x), slice<C, 2, 3>(x)) == x));
  CHECK((concat<'C'>(slice<'C', 0, 2>(x), slice<'C', 2, 3>(x)) == x));
  CHECK((concat<N>(x) == x));
}

TEST_CASE("expressions concatenate, evaluated in place", "[concat]") {
  const auto& x = numbers();
  const Tensor<float, Shape<C<3>>> bias = {1, 2, 3};
  const auto both = concat<N>(x + bias, x, slice<N, 3, 4>(x) * 2);
  static_assert(std::is_same_v<decltype(both), const Tensor<float, Shape<N<9>, C<3>>>>);
  CHECK(both(0, 2) == 5);
  CHECK(both(4, 2) == 2);
  CHECK(both(8, 2) == 64);
}

TEST_CASE("a middle axis concatenates", "[concat]") {
  const Tensor<float, Shape<N<2>, C<1>, H<2>>> a = {0, 1, 2, 3};
  const Tensor<float, Shape<N<2>, C<2>, H<2>>> b = {10, 11, 12, 13, 14, 15, 16, 17};
  const Tensor<float, Shape<N<2>, C<3>, H<2>>> expected = {0, 1, 10, 11, 12, 13, 2, 3, 14, 15, 16, 17};
  CHECK((concat<C>(a, b) == expected));
}

TEST_CASE("pieces are written into a view", "[concat]") {
  const auto& x = numbers();
  Tensor<float, Shape<N<6>, C<3>>> to;
  concat_into<N>(slice<N, 1, 6>(to), slice<N, 2, 4>(x), slice<N, 0, 3>(x) + 1);
  CHECK((slice<N, 1, 3>(to) == slice<N, 2, 4>(x)));
  CHECK((slice<N, 3, 6>(to) == slice<N, 0, 3>(x) + 1));
  CHECK(to(0, 2) == 0);
  concat_into<N>(to, x, slice<N, 0, 2>(x));
  CHECK(to(5, 2) == 12);
}

TEST_CASE("pieces that are parts of the destination are read before they are overwritten", "[concat]") {
  SECTION("halves change places") {
    auto x = numbers();
    concat_into<N>(x, slice<N, 2, 4>(x), slice<N, 0, 2>(x));
    CHECK((slice<N, 0, 2>(x) == slice<N, 2, 4>(numbers())));
    CHECK((slice<N, 2, 4>(x) == slice<N, 0, 2>(numbers())));
  }
  SECTION("every piece reads all of the destination") {
    Tensor<float, Shape<N<2>, C<2>>> x = {1, 2, 3, 4};
    concat_into<N>(x, slice<N, 0, 1>(x) + slice<N, 1, 2>(x), slice<N, 0, 1>(x) - slice<N, 1, 2>(x));
    CHECK((x == Tensor<float, Shape<N<2>, C<2>>>{4, 6, -2, -2}));
  }
  SECTION("a piece stays where it is, another is shifted") {
    auto x = numbers();
    concat_into<N>(x, slice<N, 0, 1>(x), slice<N, 0, 3>(x));
    const auto& before = numbers();
    CHECK((x == concat<N>(slice<N, 0, 1>(before), slice<N, 0, 3>(before))));
  }
  SECTION("columns turn around") {
    auto x = numbers();
    concat_into<C>(x, slice<C, 2, 3>(x), slice<C, 1, 2>(x), slice<C, 0, 1>(x));
    CHECK((x == cleave::flip<C>(numbers())));
  }
  SECTION("a tensor assigned from a concatenation of itself") {
    auto x = numbers();
    x = concat<N>(slice<N, 1, 4>(x), slice<N, 0, 1>(x));
    CHECK(x(3, 2) == 2);
    CHECK(x(0, 0) == 10);
  }
}

TEST_CASE("a stack has a new leading axis", "[concat]") {
  const auto& x = numbers();
  const auto both = stack<T>(x, x + 1, slice<N, 0, 4>(x));
  static_assert(std::is_same_v<decltype(both), const Tensor<float, Shape<T<3>, N<4>, C<3>>>>);
  CHECK((cleave::squeeze<T>(slice<T, 0, 1>(both)) == x));
  CHECK((cleave::squeeze<T>(slice<T, 1, 2>(both)) == x + 1));
  CHECK((cleave::squeeze<T>(slice<T, 2, 3>(both)) == x));
  const Tensor<float, Shape<>> scalar = {3};
  CHECK((stack<C>(scalar, scalar * 2) == Tensor<float, Shape<C<2>>>{3, 6}));
}

TEST_CASE("integers and bytes concatenate", "[concat]") {
  const Tensor<std::uint8_t, Shape<C<2>>> a = {1, 255};
  CHECK((concat<C>(a, a) == Tensor<std::uint8_t, Shape<C<4>>>{1, 255, 1, 255}));
  const Tensor<std::int64_t, Shape<C<1>>> b = {std::int64_t{1} << 60};
  CHECK(stack<N>(b, b)(1, 0) == std::int64_t{1} << 60);
}
