// SPDX-License-Identifier: Apache-2.0
// Assigning to a part of a tensor what reads other parts of it, against copying first.
#include <cleave/tensor.hpp>

#include <catch2/catch.hpp>

#include <utility>

namespace {

using cleave::arange, cleave::extent, cleave::flip, cleave::needs_temporary, cleave::Shape, cleave::slice;
using cleave::Tensor, cleave::to_end, cleave::transpose;
using cleave::axes::C, cleave::axes::N;

using Square = Tensor<float, Shape<N<6>, C<6>>>;

Square counted() {
  const auto line = arange<float, C<36>>(1);
  return cleave::reshape<N<6>, C<6>>(line);
}

/// Writes from(x) + 2 to(x) to to(x): once in place and once from copies, with the same result, and with a temporary
/// where one is expected.
template <class To, class From>
void check_assignment(To to, From from, bool temporary) {
  auto x = counted();
  auto expected = counted();
  const auto destination = to(x);
  const auto source = from(x);
  CHECK(needs_temporary(destination, source + 2 * destination) == temporary);
  destination.assign(source + 2 * destination);
  const Tensor source_copy = from(expected);
  const Tensor destination_copy = to(expected);
  to(expected).assign(source_copy + 2 * destination_copy);
  CHECK((x == expected));
}

// Views as functions of the tensor.
template <extent Begin, extent End, extent Step = 1>
auto rows() {
  return [](auto& x) { return slice<N, Begin, End, Step>(x); };
}
template <extent Begin, extent End, extent Step = 1>
auto columns() {
  return [](auto& x) { return slice<C, Begin, End, Step>(x); };
}
/// Transposed, with the axes named as before.
auto turned() {
  return [](auto& x) {
    const auto view = cleave::rename<C, cleave::axes::T>(x);
    return cleave::rename<cleave::axes::T, N>(cleave::rename<N, C>(transpose(view)));
  };
}

/// All pairs of windows of `Size` rows, columns and both.
template <extent Size, extent... I>
void check_windows(std::integer_sequence<extent, I...> /*pairs*/) {
  constexpr extent places = 6 - Size + 1;
  (check_assignment(rows<I / places, I / places + Size>(), rows<I % places, I % places + Size>(),
                    I / places != I % places && (I / places - I % places < Size && I % places - I / places < Size)),
   ...);
  (check_assignment(columns<I / places, I / places + Size>(), columns<I % places, I % places + Size>(),
                    I / places != I % places && (I / places - I % places < Size && I % places - I / places < Size)),
   ...);
}

} // namespace

TEST_CASE("windows of rows and columns are assigned to each other at every distance", "[assign]") {
  check_windows<1>(std::make_integer_sequence<extent, 36>{});
  check_windows<2>(std::make_integer_sequence<extent, 25>{});
  check_windows<4>(std::make_integer_sequence<extent, 9>{});
}

TEST_CASE("interleaved parts need no temporary", "[assign]") {
  check_assignment(columns<0, to_end, 2>(), columns<1, to_end, 2>(), false);
  check_assignment(rows<1, to_end, 2>(), rows<0, to_end, 2>(), false);
  check_assignment(columns<0, to_end, 3>(), columns<2, to_end, 3>(), false);
  check_assignment(columns<0, 4, 2>(), columns<-1, 2, -2>(), false);
  check_assignment(columns<0, 3>(), columns<3, 6>(), false);
}

TEST_CASE("reversed and transposed parts need one where they share elements", "[assign]") {
  check_assignment(columns<0, to_end>(), columns<-1, to_end, -1>(), true);
  check_assignment(columns<0, 3>(), columns<-1, 2, -1>(), false);
  check_assignment(rows<0, 5>(), rows<-1, 0, -1>(), true);
  check_assignment(columns<0, to_end>(), turned(), true);
  check_assignment(turned(), turned(), false);
  check_assignment(columns<0, to_end, 2>(), columns<4, to_end, -2>(), true);
}

TEST_CASE("a tensor is assigned from expressions of itself", "[assign]") {
  auto x = counted();
  const auto before = counted();
  const auto view = turned()(x);
  CHECK(needs_temporary(x, view + x + x));
  x = view + x + x;
  bool equal = true;
  for (int i = 0; i < 6; ++i) {
    for (int j = 0; j < 6; ++j) {
      equal = equal && x(i, j) == before(j, i) + 2 * before(i, j);
    }
  }
  CHECK(equal);
  x = before;
  CHECK_FALSE(needs_temporary(x, x * x + before));
  const auto first_row = cleave::squeeze<N>(slice<N, 0, 1>(x));
  CHECK(needs_temporary(x, x + first_row));
  x = x + first_row;
  CHECK((slice<N, 5, 6>(x) == slice<N, 5, 6>(before) + cleave::squeeze<N>(slice<N, 0, 1>(before))));
  CHECK_FALSE(needs_temporary(slice<N, 1, 2>(x), slice<N, 1, 2>(x) + first_row));
  CHECK_FALSE(needs_temporary(slice<N, 0, 1>(x), slice<N, 0, 1>(x) + first_row)); // one row: element for element
}

TEST_CASE("views of other memory never need a temporary", "[assign]") {
  const auto x = counted();
  auto y = counted();
  CHECK_FALSE(needs_temporary(y, flip<C>(x)));
  CHECK_FALSE(needs_temporary(y.view(), transpose<N, C>(x) + 1));
}

TEST_CASE("views that do not share whole elements are taken apart by bytes", "[assign]") {
  alignas(8) unsigned char bytes[64] = {};
  auto* const base = reinterpret_cast<float*>(bytes);
  auto* const crooked = reinterpret_cast<float*>(reinterpret_cast<unsigned char*>(base) + 2);
  const cleave::View<float, Shape<C<4>>> to(base);
  CHECK(needs_temporary(to, cleave::View<const float, Shape<C<4>>>(crooked)));
}

TEST_CASE("numbers that an integer element cannot hold are refused", "[assign]") {
  Tensor<std::uint8_t, Shape<C<2>>> bytes = {1, 2};
  Tensor<std::int32_t, Shape<C<2>>> ints = {1, 2};
  Tensor<std::int64_t, Shape<C<2>>> longs = {1, 2};
  CHECK_THROWS_WITH(relu(ints) + 3000000000, Catch::Contains("3000000000 does not fit elements of type i32"));
  CHECK_THROWS_WITH(ints - 3000000000U, Catch::Contains("does not fit"));
  CHECK_THROWS_AS(longs + 10000000000000000000U, cleave::Error);
  CHECK((longs + 3000000000 == Tensor<std::int64_t, Shape<C<2>>>{3000000001, 3000000002}));
  CHECK((ints + (-5) == Tensor<std::int32_t, Shape<C<2>>>{-4, -3}));
  CHECK_THROWS_WITH(bytes.fill(300), Catch::Contains("300 does not fit elements of type u8"));
  CHECK_THROWS_AS(bytes.fill(-1), cleave::Error);
  CHECK_THROWS_AS(bytes.view().fill(256), cleave::Error);
  CHECK((bytes == Tensor<std::uint8_t, Shape<C<2>>>{1, 2}));
  CHECK((bytes.fill(255) == Tensor<std::uint8_t, Shape<C<2>>>{255, 255}));
  const Tensor<float, Shape<C<1>>> real = {0.5F};
  CHECK((real + 1 == Tensor<float, Shape<C<1>>>{1.5F})); // floating elements take any number, rounded
}
