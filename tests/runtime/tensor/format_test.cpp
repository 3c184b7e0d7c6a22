// SPDX-License-Identifier: Apache-2.0
#include <cleave/inspect/format.hpp>
#include <cleave/tensor.hpp>

#include <catch2/catch.hpp>

#include <iomanip>
#include <limits>
#include <sstream>

namespace {

using cleave::Shape, cleave::Tensor, cleave::to_string;
using cleave::axes::C, cleave::axes::H, cleave::axes::N;

} // namespace

TEST_CASE("numbers are printed with the decimals they need, in columns", "[format]") {
  const Tensor<float, Shape<N<2>, C<3>>> x = {0, 1, 2, 3, 4, 5};
  CHECK(to_string(x) == "[[0. 1. 2.]\n [3. 4. 5.]]");
  const Tensor<float, Shape<N<2>, C<2>>> y = {0.5F, -1, 100, 0.25F};
  CHECK(to_string(y) == "[[  0.5   -1.  ]\n [100.     0.25]]");
  const Tensor<double, Shape<C<2>>> third = {1. / 3, 2};
  CHECK(to_string(third) == "[0.3333 2.    ]");
}

TEST_CASE("scalars, integers and numbers that are none", "[format]") {
  CHECK(to_string(Tensor<float, Shape<>>{2.5F}) == "2.5");
  CHECK(to_string(Tensor<float, Shape<>>{10}) == "10.");
  CHECK(to_string(Tensor<std::int64_t, Shape<C<3>>>{-1, 20, 300}) == "[ -1  20 300]");
  CHECK(to_string(Tensor<std::uint8_t, Shape<C<2>>>{0, 255}) == "[  0 255]");
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(to_string(Tensor<double, Shape<C<3>>>{1.5, -infinity, std::numeric_limits<double>::quiet_NaN()}) ==
        "[ 1.5 -inf  nan]");
  CHECK(to_string(Tensor<float, Shape<N<cleave::dynamic>, C<2>>>()) == "[]");
}

TEST_CASE("numbers of very different size are printed with exponents", "[format]") {
  CHECK(to_string(Tensor<double, Shape<C<2>>>{1e-5, 1.5}) == "[1.0e-05 1.5e+00]");
  CHECK(to_string(Tensor<double, Shape<C<1>>>{1e10}) == "[1.e+10]");
}

TEST_CASE("more axes are set apart by empty lines", "[format]") {
  const Tensor<std::int32_t, Shape<N<2>, C<1>, H<2>>> x = {0, 1, 2, 3};
  CHECK(to_string(x) == "[[[0 1]]\n\n [[2 3]]]");
}

TEST_CASE("large arrays show three elements at each edge", "[format]") {
  Tensor<std::int32_t, Shape<N<1001>>> x;
  for (int i = 0; i < 1001; ++i) {
    x(i) = i;
  }
  CHECK(to_string(x) == "[   0    1    2 ...  998  999 1000]");
  const Tensor<std::int32_t, Shape<N<300>, C<4>>> y;
  CHECK(to_string(y) == "[[0 0 0 0]\n [0 0 0 0]\n [0 0 0 0]\n ...\n [0 0 0 0]\n [0 0 0 0]\n [0 0 0 0]]");
}

TEST_CASE("long rows are broken", "[format]") {
  const Tensor<std::int32_t, Shape<C<40>>> x;
  const std::string text = to_string(x);
  CHECK(text.find('\n') == 74);
  CHECK(text.substr(75, 3) == " 0 ");
}

TEST_CASE("views and expressions are printed by their elements", "[format]") {
  const Tensor<float, Shape<N<2>, C<3>>> x = {0, 1, 2, 3, 4, 5};
  CHECK(to_string(cleave::slice<C, 1, 2>(x)) == "[[1.]\n [4.]]");
  CHECK(to_string(x * 2 + 1) == "[[ 1.  3.  5.]\n [ 7.  9. 11.]]");
}

TEST_CASE("printing leaves the stream as it was", "[format]") {
  std::ostringstream out;
  out << std::setprecision(3) << std::hex;
  out << Tensor<std::int32_t, Shape<C<1>>>{255} << ' ' << 255 << ' ' << 3.14159;
  CHECK(out.str() == "[255] ff 3.14");
}
