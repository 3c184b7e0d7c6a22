// SPDX-License-Identifier: Apache-2.0
#include <cleave/tensor.hpp>

#include <catch2/catch.hpp>

namespace {
using cleave::Shape, cleave::split, cleave::Tensor;
using cleave::axes::C, cleave::axes::N;
} // namespace

TEST_CASE("a split has equal pieces under names, numbers and in a loop", "[split]") {
  Tensor<float, Shape<N<2>, C<6>>> x = {0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15};
  const auto [a, b, c] = split<C, 3>(x);
  CHECK(a(1, 0) == 10);
  CHECK(b(1, 0) == 12);
  CHECK(c(0, 1) == 5);
  c.fill(-1);
  CHECK(x(1, 5) == -1);
  CHECK(x(1, 3) == 13);
  const auto pieces = split<C, 3>(x);
  CHECK(pieces.get<1>().data() == b.data());
  int count = 0;
  for (const auto& piece : pieces) {
    CHECK(piece.data() == pieces[count++].data());
  }
  CHECK(count == 3);
  CHECK(pieces.size() == 3);
}

TEST_CASE("the pieces of a split join to the whole", "[split]") {
  const Tensor<float, Shape<N<2>, C<6>>> x = {0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15};
  const auto [a, b, c] = split<C, 3>(x);
  CHECK((cleave::concat<C>(a, b, c) == x));
  const auto [top, bottom] = split<N, 2>(x);
  CHECK((cleave::concat<N>(top, bottom) == x));
  const auto [all] = split<N, 1>(x);
  CHECK((all == x));
}
