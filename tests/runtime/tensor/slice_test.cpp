// SPDX-License-Identifier: Apache-2.0
#include <cleave/tensor.hpp>

#include <catch2/catch.hpp>

namespace {

using cleave::dynamic, cleave::extent, cleave::Shape, cleave::slice, cleave::Tensor, cleave::to_end;
using cleave::axes::C, cleave::axes::N;

using Matrix = Tensor<float, Shape<N<4>, C<6>>>;

/// Element (n, c) is 10 n + c.
Matrix numbers() {
  Matrix x(cleave::uninitialized);
  for (int n = 0; n < 4; ++n) {
    for (int c = 0; c < 6; ++c) {
      x(n, c) = static_cast<float>(10 * n + c);
    }
  }
  return x;
}

template <extent... Values, class V>
bool columns_are(const V& view) {
  const extent expected[] = {Values...};
  bool equal = V::dims.extents[1] == sizeof...(Values);
  for (extent n = 0; n < 4; ++n) {
    for (extent c = 0; c < V::dims.extents[1]; ++c) {
      equal = equal && view(n, c) == static_cast<float>(10 * n + expected[c]);
    }
  }
  return equal;
}

} // namespace

TEST_CASE("a slice is a view of the elements", "[slice]") {
  auto x = numbers();
  const auto middle = slice<N, 1, 3>(x);
  CHECK(middle(0, 0) == 10);
  CHECK(middle(1, 2) == 22);
  middle(1, 2) = -1;
  CHECK(x(2, 2) == -1);
  const auto right = slice<'C', 1, 3>(slice<N, 2, 4>(x));
  CHECK(right(1, 0) == 31);
  CHECK(right(0, 1) == -1);
  CHECK(slice<N, 1, 2>(slice<N, 1, 4>(x)).data() == slice<N, 2, 3>(x).data());
}

TEST_CASE("bounds count from the end, and steps have either sign", "[slice]") {
  const auto x = numbers();
  CHECK(columns_are<1, 2, 3, 4>(slice<C, 1, -1>(x)));
  CHECK(columns_are<4, 5>(slice<C, -2, to_end>(x)));
  CHECK(columns_are<0, 2, 4>(slice<C, 0, to_end, 2>(x)));
  CHECK(columns_are<1, 4>(slice<C, 1, to_end, 3>(x)));
  CHECK(columns_are<5, 4, 3, 2, 1, 0>(slice<C, -1, to_end, -1>(x)));
  CHECK(columns_are<5, 3, 1>(slice<C, 5, to_end, -2>(x)));
  CHECK(columns_are<4, 3, 2>(slice<C, 4, 1, -1>(x)));
  CHECK(columns_are<3>(slice<'C', 3, -4, -2>(x)));
  CHECK(columns_are<1, 3, 5>(slice<C, -1, to_end, -1>(slice<C, -1, to_end, -2>(x))));
}

TEST_CASE("a reversed slice is written, copied and calculated with", "[slice]") {
  auto x = numbers();
  const auto reversed = slice<C, -1, to_end, -1>(slice<N, -1, to_end, -1>(x));
  const Tensor copy = reversed;
  CHECK(copy(0, 0) == 35);
  CHECK(copy(3, 5) == 0);
  const Tensor sum = reversed + x;
  CHECK(sum(0, 0) == 35);
  CHECK(sum(2, 1) == 21 + 14);
  const auto before = x;
  reversed.assign(before * 2);
  CHECK(x(3, 5) == 0);
  CHECK(x(0, 0) == 70);
  reversed.fill(7);
  CHECK(x(1, 1) == 7);
}

TEST_CASE("a static number of elements may begin anywhere", "[slice]") {
  auto x = numbers();
  for (extent begin = 0; begin <= 2; ++begin) {
    const auto part = slice<N, 2>(x, begin);
    static_assert(decltype(part)::dims.extents[0] == 2);
    CHECK(part(1, 3) == static_cast<float>(10 * (begin + 1) + 3));
    CHECK(slice<C, 4>(x, begin)(1, 0) == static_cast<float>(10 + begin));
  }
  CHECK_THROWS_WITH((slice<N, 2>(x, 3)),
                    Catch::Contains("2 elements from 3 on along axis N") && Catch::Contains("there are 4"));
  CHECK_THROWS_AS((slice<C, 4>(x, -1)), cleave::Error);
  CHECK_THROWS_AS((slice<C, 4>(x, to_end)), cleave::Error);
}

TEST_CASE("a range along the leading axis may be known only while running", "[slice]") {
  const auto x = numbers();
  const auto part = slice<N>(x, 1, 3);
  static_assert(!decltype(part)::shape::is_static);
  CHECK(part.rows() == 2);
  CHECK(part(1, 5) == 25);
  CHECK(slice<N>(part, 1, to_end)(0, 0) == 20);
  CHECK(slice<N>(x, 4, 4).rows() == 0);
  CHECK(slice<N, 1>(part, 1)(0, 1) == 21);
  CHECK_THROWS_WITH((slice<N>(x, 2, 5)), Catch::Contains("0 <= begin <= end <= 4"));
  CHECK_THROWS_AS((slice<N>(x, 3, 2)), cleave::Error);
  CHECK_THROWS_AS((slice<N>(x, -1, 2)), cleave::Error);
}

TEST_CASE("part of a data set is a view of static size, checked while running", "[slice]") {
  Tensor<float, Shape<N<dynamic>, C<2>>> data(5);
  data(4, 1) = 3;
  const auto last = slice<N, 3, 5>(data);
  static_assert(decltype(last)::shape::is_static);
  CHECK(Tensor(last + 1)(1, 1) == 4);
  CHECK(slice<N, -2, to_end>(data).data() == last.data());
  CHECK(slice<N, -1, -3, -1>(data)(0, 1) == 3);
  CHECK(slice<N, 4, to_end, -2>(data)(0, 1) == 3);
  CHECK_THROWS_WITH((slice<N, 3, 6>(data)), Catch::Contains("3 to 5, both included") && Catch::Contains("there are 5"));
  CHECK_THROWS_AS((slice<N, -6, to_end>(data)), cleave::Error);
  CHECK(slice<C, 1, 2>(data).rows() == 5);
  CHECK(slice<C, 1, 2>(data)(4, 0) == 3);
}

TEST_CASE("rows of a data set are copied and assigned by views", "[slice]") {
  using Rows = Tensor<float, Shape<N<dynamic>, C<2>>>;
  Rows data = {0, 1, 2, 3, 4, 5, 6, 7};
  const Rows middle = slice<N>(data, 1, 3);
  CHECK(middle.rows() == 2);
  CHECK(middle(0, 0) == 2);
  slice<N>(data, 1, 4).assign(slice<N>(data, 0, 3)); // overlapping
  CHECK((data == Rows{0, 1, 0, 1, 2, 3, 4, 5}));
  data = slice<N>(data, 2, 4);
  CHECK((data == Rows{2, 3, 4, 5}));
  const Tensor<float, Shape<N<dynamic>, C<1>>> column = slice<C, 1, 2>(data);
  CHECK(column(1, 0) == 5);
  CHECK_THROWS_WITH(slice<N>(data, 0, 1).assign(data), Catch::Contains("1 rows") && Catch::Contains("given 2"));
}
