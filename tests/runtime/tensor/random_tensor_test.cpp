// SPDX-License-Identifier: Apache-2.0
#include <cleave/tensor.hpp>

#include <catch2/catch.hpp>

#include <set>

namespace {
using cleave::random_normal, cleave::random_permutation, cleave::random_uniform, cleave::Shape, cleave::slice;
using cleave::Tensor;
using cleave::axes::C, cleave::axes::N;
} // namespace

TEST_CASE("a slice of rows has the bits of the whole", "[random]") {
  const auto whole = random_uniform<float, Shape<N<8>, C<5>>>(7, 3);
  CHECK((random_uniform<float, Shape<N<3>, C<5>>>(7, 3, 2 * 5) == slice<N, 2, 5>(whole)));
  const auto normals = random_normal<double, Shape<N<8>, C<5>>>(7, 3);
  CHECK((random_normal<double, Shape<N<3>, C<5>>>(7, 3, 5 * 5) == slice<N, 5, 8>(normals)));
  CHECK((random_uniform<float, Shape<N<8>, C<5>>>(8, 3) != whole));
  CHECK((random_uniform<float, Shape<N<8>, C<5>>>(7, 4) != whole));
}

TEST_CASE("random tensors have the moments of their distribution", "[random]") {
  const auto u = random_uniform<float, Shape<N<20000>>>(1);
  double sum = 0;
  for (const float x : u) {
    REQUIRE((x >= 0 && x < 1));
    sum += static_cast<double>(x);
  }
  CHECK(sum / 20000 == Approx(0.5).margin(0.01));
  double squares = 0;
  sum = 0;
  for (const float x : random_normal<float, Shape<N<20000>>>(1)) {
    sum += static_cast<double>(x);
    squares += static_cast<double>(x) * static_cast<double>(x);
  }
  CHECK(sum / 20000 == Approx(0).margin(0.03));
  CHECK(squares / 20000 == Approx(1).margin(0.03));
  CHECK((random_uniform<double, Shape<N<1>>>(5, 6, 7)(0) == cleave::uniform(5, 6, 7)));
}

TEST_CASE("a permutation has every number once, in an order of its own for each seed", "[random]") {
  const auto order = random_permutation<N<100>>(1);
  std::set<std::int64_t> seen(order.begin(), order.end());
  CHECK(seen.size() == 100);
  CHECK(*seen.begin() == 0);
  CHECK(*seen.rbegin() == 99);
  CHECK((random_permutation<N<100>>(1) == order));
  CHECK((random_permutation<N<100>>(2) != order));
  int counts[6] = {};
  for (std::uint64_t seed = 0; seed < 6000; ++seed) {
    const auto three = random_permutation<N<3>>(seed);
    ++counts[3 * (three(0) > three(1) ? 1 : 0) + (three(2) > three(0) ? 1 : 0) + (three(2) > three(1) ? 1 : 0)];
  }
  for (const int count : counts) { // six orders, each about 1000 times
    CHECK(count > 850);
    CHECK(count < 1150);
  }
}
