// SPDX-License-Identifier: Apache-2.0
// Expected texts are what numpy 2.4 prints with precision 4, where nothing else is said.
#include <cleave/inspect/format.hpp>
#include <cleave/tensor.hpp>

#include <catch2/catch.hpp>

#include <iomanip>
#include <limits>
#include <sstream>

namespace {

using cleave::arange, cleave::extent, cleave::FormatOptions, cleave::reshape, cleave::Shape, cleave::Tensor;
using cleave::to_string;
using cleave::axes::C, cleave::axes::H, cleave::axes::N;

/// A row of doubles, or of floats, as text.
template <class... Number>
std::string row(Number... numbers) {
  return to_string(Tensor<double, Shape<C<sizeof...(Number)>>>{static_cast<double>(numbers)...});
}
template <class... Number>
std::string row_f32(const FormatOptions& options, Number... numbers) {
  return to_string(Tensor<float, Shape<C<sizeof...(Number)>>>{static_cast<float>(numbers)...}, options);
}

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

} // namespace

TEST_CASE("numbers are printed with the decimals they need, in columns", "[format]") {
  const Tensor<float, Shape<N<2>, C<3>>> x = {0, 1, 2, 3, 4, 5};
  CHECK(to_string(x) == "[[0. 1. 2.]\n [3. 4. 5.]]");
  const Tensor<float, Shape<N<2>, C<2>>> y = {0.5F, -1, 100, 0.25F};
  CHECK(to_string(y) == "[[  0.5   -1.  ]\n [100.     0.25]]");
  CHECK(row(1. / 3, 2) == "[0.3333 2.    ]");
  CHECK(row(100, 1000.5) == "[ 100.  1000.5]");
  CHECK(row(0.99999, 1.00001) == "[1. 1.]");
  CHECK(row(0, 0, 0) == "[0. 0. 0.]");
  CHECK(row(-0., 0.) == "[-0.  0.]");
}

TEST_CASE("digits tell a number from its neighbours, and no more", "[format]") {
  CHECK(row_f32({.precision = 8}, 0.1F, 0.2F, 1.3F) == "[0.1 0.2 1.3]");
  CHECK(row_f32({.precision = 12}, 0.1F, 1.F / 3) == "[0.1        0.33333334]");
  const Tensor<double, Shape<C<2>>> x = {0.1, 1. / 3};
  CHECK(to_string(x, {.precision = 17}) == "[0.1                0.3333333333333333]");
  CHECK(to_string(Tensor<double, Shape<C<2>>>{1.5, 2.25}, {.precision = 0}) == "[2. 2.]");
  CHECK(row_f32({.precision = 8}, 1e-5F, 0.3F) == "[1.e-05 3.e-01]");
}

TEST_CASE("scalars and integers", "[format]") {
  CHECK(to_string(Tensor<float, Shape<>>{2.5F}) == "2.5");
  CHECK(to_string(Tensor<float, Shape<>>{10}) == "10.");
  CHECK(to_string(Tensor<double, Shape<>>{1e-9}) == "1.e-09");
  CHECK(to_string(Tensor<double, Shape<>>{1. / 3}) == "0.3333");
  CHECK(to_string(Tensor<double, Shape<>>{no_number}) == "nan");
  CHECK(to_string(Tensor<std::int32_t, Shape<>>{7}) == "7");
  CHECK(to_string(Tensor<std::int64_t, Shape<C<3>>>{-1, 20, 300}) == "[ -1  20 300]");
  using Long = std::numeric_limits<std::int64_t>;
  CHECK(to_string(Tensor<std::int64_t, Shape<C<2>>>{Long::min(), Long::max()}) ==
        "[-9223372036854775808  9223372036854775807]");
  CHECK(to_string(Tensor<std::uint8_t, Shape<C<2>>>{0, 255}) == "[  0 255]");
  CHECK(to_string(Tensor<float, Shape<N<cleave::dynamic>, C<2>>>()) == "[]");
}

TEST_CASE("numbers that are none stand in the columns", "[format]") {
  CHECK(row(1.5, -infinity, no_number) == "[ 1.5 -inf  nan]");
  CHECK(row(no_number, 1) == "[nan  1.]");
  CHECK(row(infinity, 1) == "[inf  1.]");
  CHECK(row(no_number, no_number) == "[nan nan]");
  CHECK(row(-infinity, -100.25, 3) == "[   -inf -100.25    3.  ]");
  CHECK(row(-1e-5, 1.5, no_number, -infinity) == "[-1.0e-05  1.5e+00      nan     -inf]");
}

TEST_CASE("numbers of very different size are printed with exponents", "[format]") {
  CHECK(row(1e-5, 1.5) == "[1.0e-05 1.5e+00]");
  CHECK(row(1e10) == "[1.e+10]");
  CHECK(row(1e-5, 1e100) == "[1.e-005 1.e+100]");
  CHECK(row(1.23456789e-5, 1.5) == "[1.2346e-05 1.5000e+00]");
  CHECK(row(0.001, 2) == "[1.e-03 2.e+00]");
  CHECK(row(0.002, 2) == "[0.002 2.   ]");
  CHECK(row(1e8, 1) == "[1.e+08 1.e+00]");
  CHECK(row(99999999, 5e4) == "[1.e+08 5.e+04]");
  CHECK(row(0.0001, 0.001) == "[0.0001 0.001 ]");
  CHECK(row(1e-4, 5e-2, 0.1) == "[0.0001 0.05   0.1   ]");
  CHECK(row(1e-320, 1) == "[1.e-320 1.e+000]");
  CHECK(row_f32({}, 16777216, 1) == "[1.6777e+07 1.0000e+00]");
  CHECK(row_f32({}, std::numeric_limits<float>::min()) == "[1.1755e-38]");
}

TEST_CASE("more axes are set apart by empty lines", "[format]") {
  const Tensor<std::int32_t, Shape<N<2>, C<1>, H<2>>> x = {0, 1, 2, 3};
  CHECK(to_string(x) == "[[[0 1]]\n\n [[2 3]]]");
  const auto line = arange<float, C<8>>();
  const Tensor quarters = reshape<N<2>, C<2>, H<2>>(line) / 4;
  CHECK(to_string(quarters) == "[[[0.   0.25]\n  [0.5  0.75]]\n\n [[1.   1.25]\n  [1.5  1.75]]]");
}

TEST_CASE("large arrays show three elements at each edge", "[format]") {
  CHECK(to_string(arange<std::int32_t, N<1001>>()) == "[   0    1    2 ...  998  999 1000]");
  const Tensor<std::int32_t, Shape<N<300>, C<4>>> y;
  CHECK(to_string(y) == "[[0 0 0 0]\n [0 0 0 0]\n [0 0 0 0]\n ...\n [0 0 0 0]\n [0 0 0 0]\n [0 0 0 0]]");
  const auto line = arange<std::int32_t, C<2000>>();
  CHECK(to_string(reshape<N<40>, C<50>>(line)) ==
        "[[   0    1    2 ...   47   48   49]\n [  50   51   52 ...   97   98   99]\n"
        " [ 100  101  102 ...  147  148  149]\n ...\n [1850 1851 1852 ... 1897 1898 1899]\n"
        " [1900 1901 1902 ... 1947 1948 1949]\n [1950 1951 1952 ... 1997 1998 1999]]");
  const std::string deep = to_string(reshape<N<10>, C<10>, H<20>>(line), {.edge_items = 1});
  CHECK(deep ==
        "[[[   0 ...   19]\n  ...\n  [ 180 ...  199]]\n\n ...\n\n [[1800 ... 1819]\n  ...\n  [1980 ... 1999]]]");
}

TEST_CASE("what is left out does not decide how the rest looks", "[format]") {
  Tensor<double, Shape<C<1006>>> x = cleave::full<Shape<C<1006>>>(1e9);
  for (int i = 0; i < 3; ++i) {
    x(i) = i;
    x(1003 + i) = i;
  }
  CHECK(to_string(x) == "[0. 1. 2. ... 0. 1. 2.]");
}

TEST_CASE("the edges and the length that shortens are options", "[format]") {
  const auto line = arange<std::int32_t, C<100>>();
  CHECK(to_string(reshape<N<10>, C<10>>(line), {.edge_items = 2, .threshold = 50}) ==
        "[[ 0  1 ...  8  9]\n [10 11 ... 18 19]\n ...\n [80 81 ... 88 89]\n [90 91 ... 98 99]]");
  CHECK(to_string(arange<double, C<10>>(), {.edge_items = 1, .threshold = 5}) == "[0. ... 9.]");
  CHECK_THROWS_WITH(to_string(line, {.precision = -1}), Catch::Contains("precision of -1"));
  CHECK_THROWS_WITH(to_string(line, {.edge_items = 0}), Catch::Contains("edge_items is 0"));
}

TEST_CASE("long rows are broken", "[format]") {
  CHECK(to_string(arange<std::int32_t, C<20>>(), {.line_width = 30}) ==
        "[ 0  1  2  3  4  5  6  7  8\n  9 10 11 12 13 14 15 16 17\n 18 19]");
  // 37 zeros and what follows, with one bracket; each further bracket takes one column more.
  const std::string flat = to_string(Tensor<std::int32_t, Shape<C<40>>>());
  CHECK(flat.find('\n') == 74);
  CHECK(flat.substr(74) == "\n 0 0 0]");
  const std::string rows = to_string(Tensor<std::int32_t, Shape<N<2>, C<40>>>());
  CHECK(rows.find('\n') == 73);
  CHECK(rows.substr(73, 15) == "\n  0 0 0 0]\n [0");
  CHECK(rows.substr(rows.size() - 12) == "\n  0 0 0 0]]");
  const std::string deep = to_string(Tensor<std::int32_t, Shape<N<1>, H<1>, C<40>>>());
  CHECK(deep.find('\n') == 72);
  CHECK(deep.substr(72) == "\n   0 0 0 0 0]]]");
}

TEST_CASE("views and expressions are printed by their elements", "[format]") {
  const Tensor<float, Shape<N<2>, C<3>>> x = {0, 1, 2, 3, 4, 5};
  CHECK(to_string(cleave::slice<C, 1, 2>(x)) == "[[1.]\n [4.]]");
  CHECK(to_string(x * 2 + 1) == "[[ 1.  3.  5.]\n [ 7.  9. 11.]]");
  CHECK(to_string(cleave::flip<C>(x)) == "[[2. 1. 0.]\n [5. 4. 3.]]");
  CHECK(to_string(cleave::transpose(x)) == "[[0. 3.]\n [1. 4.]\n [2. 5.]]");
  CHECK(to_string(cleave::slice<C, -1, cleave::to_end, -2>(x)) == "[[2. 0.]\n [5. 3.]]");
  const Tensor<float, Shape<C<3>>> row = {1, 2, 3};
  CHECK(to_string(cleave::broadcast_to<Shape<N<2>, C<3>>>(row)) == "[[1. 2. 3.]\n [1. 2. 3.]]");
  CHECK(to_string(cleave::slice<N>(x, 1, 2)) == "[[3. 4. 5.]]");
  CHECK(to_string(cleave::slice<N>(x, 1, 1)) == "[]");
}

TEST_CASE("a header says what is printed", "[format]") {
  const FormatOptions header = {.header = true};
  Tensor<float, Shape<N<1>, C<3>>> x = {0, 1, 2};
  CHECK(to_string(x, header) == "Tensor<f32, [N1, C3], cpu:0>\n[[0. 1. 2.]]");
  CHECK(to_string(cleave::slice<C, 0, 2>(x), header) == "View<f32, [N1, C2], cpu:0>\n[[0. 1.]]");
  CHECK(to_string(x + 1, header) == "Expression<f32, [N1, C3], cpu:0>\n[[1. 2. 3.]]");
  CHECK(to_string(Tensor<std::uint8_t, Shape<>, cleave::Cpu<2>>{7}, header) == "Tensor<u8, [], cpu:2>\n7");
  CHECK(to_string(Tensor<double, Shape<N<cleave::dynamic>>>{1, 2}, header) == "Tensor<f64, [N2], cpu:0>\n[1. 2.]");
}

TEST_CASE("a tensor that was moved from is not printed", "[format]") {
  Tensor<float, Shape<C<2>>> x = {0, 1};
  const auto y = std::move(x);
  CHECK_THROWS_WITH(to_string(x), Catch::Contains("moved from")); // NOLINT(bugprone-use-after-move): the test
}

TEST_CASE("printing leaves the stream as it was", "[format]") {
  std::ostringstream out;
  out << std::setprecision(3) << std::hex << std::showpos << std::setfill('*');
  out << Tensor<std::int32_t, Shape<C<1>>>{255} << ' ' << 255 << ' ' << 3.14159 << std::setw(5) << 1;
  CHECK(out.str() == "[255] ff +3.14****1");
}
