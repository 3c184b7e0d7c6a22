// SPDX-License-Identifier: Apache-2.0
#include <cleave/device/memory.hpp>
#include <cleave/tensor.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <pthread.h>
#include <utility>

namespace {

using cleave::Shape, cleave::Tensor;
using cleave::axes::C, cleave::axes::N;
using Matrix = Tensor<float, Shape<N<2>, C<3>>>;

bool is_aligned(const void* at) { return reinterpret_cast<std::uintptr_t>(at) % cleave::alignment == 0; }

} // namespace

TEST_CASE("a new tensor holds zeros in aligned memory", "[tensor]") {
  const Matrix x;
  CHECK(is_aligned(x.data()));
  CHECK(x.size() == 6);
  CHECK(x.rows() == 2);
  for (const float element : x) {
    CHECK(element == 0);
  }
  CHECK(is_aligned(Matrix(cleave::uninitialized).data()));
}

TEST_CASE("a tensor of listed elements has them in row-major order", "[tensor]") {
  const Matrix x = {0, 1, 2, 10, 11, 12};
  CHECK(x(0, 2) == 2);
  CHECK(x(1, 0) == 10);
  const Tensor<float, Shape<>> scalar = {7};
  CHECK(scalar() == 7);
}

TEST_CASE("a list of another length is refused in words", "[tensor]") {
  CHECK_THROWS_WITH((Matrix{1, 2, 3}), Catch::Contains("6 elements was given 3"));
  Matrix x = {0, 1, 2, 3, 4, 5};
  CHECK_THROWS_AS((x = {1, 2}), cleave::Error);
  CHECK(x(1, 2) == 5);
}

TEST_CASE("a copy is independent of its original", "[tensor]") {
  Matrix a = {0, 1, 2, 3, 4, 5};
  Matrix b = a;
  b(0, 0) = 100;
  CHECK(a(0, 0) == 0);
  Matrix c;
  c = a;
  a(1, 1) = -1;
  CHECK(c(1, 1) == 4);
  const Matrix& same = c;
  c = same;
  CHECK(c(1, 1) == 4);
}

TEST_CASE("moving a tensor moves its memory", "[tensor]") {
  Matrix a = {0, 1, 2, 3, 4, 5};
  const float* const memory = a.data();
  Matrix b = std::move(a);
  CHECK(b.data() == memory);
  Matrix c;
  c = std::move(b);
  CHECK(c.data() == memory);
  CHECK(c(1, 2) == 5);
}

TEST_CASE("a tensor that was moved from can be assigned to", "[tensor]") {
  const Matrix values = {0, 1, 2, 3, 4, 5};
  Matrix a = values;
  Matrix b = std::move(a);
  CHECK_THROWS_WITH(Matrix(a), Catch::Contains("moved from"));
  CHECK_THROWS_WITH(a + b, Catch::Contains("moved from"));
#ifndef NDEBUG
  CHECK_THROWS_AS(a.data(), cleave::Error);
#endif
  SECTION("a tensor") { a = values; }
  SECTION("an expression") { a = values + 0; }
  SECTION("elements") { a = {0, 1, 2, 3, 4, 5}; }
  CHECK(a(1, 2) == 5);
}

TEST_CASE("tensors are swapped, and assigned to themselves without a change", "[tensor]") {
  Matrix a = {0, 1, 2, 3, 4, 5};
  Matrix b = {5, 4, 3, 2, 1, 0};
  const float* const memory = a.data();
  std::swap(a, b);
  CHECK(b.data() == memory);
  CHECK(a(0, 0) == 5);
  const auto lazy = a + 1;
  std::swap(a, b); // the expression follows the storage
  CHECK(a(0, 0) == 0);
  CHECK(b(0, 0) == 5);
  CHECK((lazy == b + 1));
  Matrix& same = a;
  a = std::move(same);
  CHECK((a == Matrix{0, 1, 2, 3, 4, 5}));
  a = a.view();
  CHECK((a == Matrix{0, 1, 2, 3, 4, 5}));
  using Rows = Tensor<float, Shape<N<cleave::dynamic>>>;
  Rows c = {1, 2, 3};
  Rows d = {4};
  std::swap(c, d);
  CHECK(c.rows() == 1);
  CHECK(d(2) == 3);
  Rows& same_rows = d;
  d = same_rows;
  CHECK(d.rows() == 3);
}

TEST_CASE("a dynamic tensor that was moved from takes new rows", "[tensor]") {
  using Rows = Tensor<float, Shape<N<cleave::dynamic>>>;
  Rows a = {1, 2, 3};
  const Rows b = std::move(a);
  CHECK_THROWS_WITH(Rows(a), Catch::Contains("moved from")); // NOLINT(bugprone-use-after-move): the test
  a = b;
  CHECK(a(2) == 3);
}

TEST_CASE("a data set has as many rows as its constructor is told", "[tensor]") {
  using Rows = Tensor<float, Shape<N<cleave::dynamic>, C<3>>>;
  Rows data(5);
  CHECK(data.rows() == 5);
  CHECK(data.size() == 15);
  data(4, 2) = 7;
  Rows copy = data;
  CHECK(copy(4, 2) == 7);
  const Rows listed = {1, 2, 3, 4, 5, 6};
  CHECK(listed.rows() == 2);
  copy = listed;
  CHECK(copy.rows() == 2);
  CHECK(copy(1, 2) == 6);
  copy = Rows(1000, cleave::uninitialized);
  CHECK(copy.rows() == 1000);
  CHECK(Rows().size() == 0);
  CHECK(Rows(Rows()).size() == 0);
  CHECK_THROWS_WITH(Rows(-1), Catch::Contains("-1 rows"));
  CHECK_THROWS_AS((Rows{1, 2}), cleave::Error);
}

TEST_CASE("rows whose bytes no machine can hold are refused, not wrapped around", "[tensor]") {
  using Wide = Tensor<double, Shape<N<cleave::dynamic>, C<4096>>>;
  CHECK_THROWS_AS(Wide(cleave::extent{1} << 52), cleave::Error);
}

TEST_CASE("an index outside an axis is named in debug builds", "[tensor]") {
#ifndef NDEBUG
  Matrix x;
  CHECK_THROWS_WITH(x(0, 3), Catch::Contains("3 is outside axis C, which has 3 elements"));
  CHECK_THROWS_WITH(x(-1, 0), Catch::Contains("-1 is outside axis N"));
#endif
}

TEST_CASE("64 MiB of static shape fit a thread with a small stack", "[tensor]") {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  REQUIRE(pthread_attr_setstacksize(&attributes, 256 * 1024) == 0);
  double total = 0;
  pthread_t thread{};
  const auto task = [](void* result) -> void* {
    Tensor<float, Shape<N<4096>, C<4096>>> x;
    x.fill(1);
    x = x + x;
    *static_cast<double*>(result) = static_cast<double>(x(4095, 4095));
    return nullptr;
  };
  REQUIRE(pthread_create(&thread, &attributes, task, &total) == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  CHECK(total == 2);
}

TEST_CASE("an arena is aligned, zero filled on request, and moves", "[device]") {
  cleave::Arena a(100);
  CHECK(is_aligned(a.data()));
  CHECK(a.size() == 100);
  CHECK(a.data()[99] == std::byte{0});
  a.data()[99] = std::byte{1};
  const std::byte* const memory = a.data();
  cleave::Arena b = std::move(a);
  CHECK(b.data() == memory);
  cleave::Arena c(1, cleave::uninitialized);
  c = std::move(b);
  CHECK(c.data() == memory);
  c.clear();
  CHECK(c.data()[99] == std::byte{0});
  CHECK(cleave::Arena().data() == nullptr);
  CHECK(cleave::Arena(0).size() == 0);
}

#if !defined(__SANITIZE_ADDRESS__)
TEST_CASE("memory that the system does not have is refused with its size", "[device]") {
  CHECK_THROWS_WITH(cleave::allocate(std::size_t{1} << 60), Catch::Contains("1152921504606846976 bytes"));
}
#endif
