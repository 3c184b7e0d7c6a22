// SPDX-License-Identifier: Apache-2.0
#include <cleave/tensor.hpp>

#include <catch2/catch.hpp>

namespace {

using cleave::Cpu, cleave::Shape, cleave::Strides, cleave::Tensor, cleave::View;
using cleave::axes::C, cleave::axes::H, cleave::axes::N;

/// Elements count up from 0.
template <class S>
Tensor<float, S> counted() {
  Tensor<float, S> x(cleave::uninitialized);
  float value = 0;
  for (float& element : x) {
    element = value++;
  }
  return x;
}

} // namespace

TEST_CASE("a view reads and writes the elements it borrows", "[view]") {
  float data[] = {0, 1, 2, 3, 4, 5};
  const View<float, Shape<N<2>, C<3>>> x(data);
  CHECK(x(1, 0) == 3);
  x(1, 0) = 30;
  CHECK(data[3] == 30);
  const View<const float, Shape<N<2>, C<3>>> reader = x;
  CHECK(reader(1, 0) == 30);
  CHECK(reader.data() == data);
}

TEST_CASE("a strided view calculates as its elements do", "[view]") {
  const auto x = counted<Shape<N<4>, C<6>>>();
  using Transposed = View<const float, Shape<C<6>, N<4>>, Cpu<0>, Strides<1, 6>>;
  using EverySecond = View<const float, Shape<N<4>, C<3>>, Cpu<0>, Strides<6, 2>>;
  using Backwards = View<const float, Shape<N<4>, C<6>>, Cpu<0>, Strides<6, -1>>;
  using Repeated = View<const float, Shape<N<4>, C<6>>, Cpu<0>, Strides<0, 1>>;
  const Tensor t = Transposed(x.data()) + 0;
  const Tensor s = EverySecond(x.data()) * 2;
  const Tensor b = Backwards(x.data() + 5) + x;
  const Tensor r = Repeated(x.data()) + x;
  for (int n = 0; n < 4; ++n) {
    for (int c = 0; c < 6; ++c) {
      CHECK(t(c, n) == x(n, c));
      CHECK(b(n, c) == x(n, 5 - c) + x(n, c));
      CHECK(r(n, c) == x(0, c) + x(n, c));
      if (c < 3) {
        CHECK(s(n, c) == 2 * x(n, 2 * c));
      }
    }
  }
}

TEST_CASE("a column may be written through a view", "[view]") {
  auto x = counted<Shape<N<3>, C<4>>>();
  const Tensor<float, Shape<N<3>, C<1>>> column = {-1, -2, -3};
  cleave::slice<C, 2, 3>(x).assign(column * 10);
  CHECK(x(0, 2) == -10);
  CHECK(x(2, 2) == -30);
  CHECK(x(2, 1) == 9);
  CHECK(x(2, 3) == 11);
  cleave::slice<C, 0, 2>(x).fill(5);
  CHECK(x(2, 0) == 5);
  CHECK(x(2, 1) == 5);
  CHECK(x(2, 2) == -30);
}

TEST_CASE("assigning from overlapping elements reads them before they are written", "[view]") {
  SECTION("one row up and one row down") {
    auto x = counted<Shape<N<5>, C<3>>>();
    cleave::slice<N, 1, 5>(x).assign(cleave::slice<N, 0, 4>(x) + 0);
    const Tensor<float, Shape<N<5>, C<3>>> down = {0, 1, 2, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    for (int i = 0; i < 15; ++i) {
      CHECK(x.data()[i] == down.data()[i]);
    }
    cleave::slice<N, 0, 4>(x).assign(cleave::slice<N, 1, 5>(x));
    CHECK(x(0, 0) == 0);
    CHECK(x(3, 2) == 11);
  }
  SECTION("a transposed square") {
    auto x = counted<Shape<N<7>, C<7>>>();
    const auto before = x;
    using Transposed = View<const float, Shape<N<7>, C<7>>, Cpu<0>, Strides<1, 7>>;
    x = Transposed(x.data()) + x + x;
    for (int i = 0; i < 7; ++i) {
      for (int j = 0; j < 7; ++j) {
        CHECK(x(i, j) == before(j, i) + 2 * before(i, j));
      }
    }
  }
  SECTION("a row added to all rows") {
    auto x = counted<Shape<N<4>, C<3>>>();
    const View<const float, Shape<C<3>>> row(x.data() + 3);
    x = x + row;
    CHECK(x(0, 1) == 1 + 4);
    CHECK(x(1, 1) == 4 + 4);
    CHECK(x(3, 2) == 11 + 5);
  }
  SECTION("the same elements in the same order need no detour") {
    auto x = counted<Shape<N<4>, C<3>>>();
    const auto before = x;
    x.view().assign(x.view() * x);
    for (int i = 0; i < 12; ++i) {
      CHECK(x.data()[i] == before.data()[i] * before.data()[i]);
    }
  }
}

TEST_CASE("a partial sum is read only by name", "[view]") {
  float data[] = {1, 2};
  const cleave::Partial<View<float, Shape<C<2>>>> share{View<float, Shape<C<2>>>(data)};
  CHECK(share.unreduced()(1) == 2);
  const Tensor twice = share.unreduced() * 2;
  CHECK(twice(1) == 4);
}

TEST_CASE("a view of a data set knows its rows", "[view]") {
  Tensor<float, Shape<N<cleave::dynamic>, C<2>>> data(4);
  data(3, 1) = 9;
  const auto all = data.view();
  CHECK(all.rows() == 4);
  CHECK(all(3, 1) == 9);
  const auto column = cleave::slice<C, 1, 2>(data);
  CHECK(column.rows() == 4);
  CHECK(column(3, 0) == 9);
}
