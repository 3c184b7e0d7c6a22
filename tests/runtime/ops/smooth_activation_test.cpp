// SPDX-License-Identifier: Apache-2.0
#include "support/law.hpp"

#include <limits>

LAW_ROW_1(Sigmoid, sigmoid(x), -5, 5)
LAW_ROW_1(Softplus, softplus(x), -5, 5)
LAW_ROW_1(LogSigmoid, log_sigmoid(x), -5, 5)
LAW_ROW_1(Silu, silu(x), -4, 4)
LAW_ROW_1(Gelu, gelu(x), -3, 3)
LAW_ROW_1(GeluTanh, gelu_tanh(x), -3, 3)
LAW_ROW_1(Mish, mish(x), -3, 3)
LAW_ROW_1(Softcap, softcap(x, 2.), -5, 5)

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
const double not_a_number = std::numeric_limits<double>::quiet_NaN();
} // namespace

TEST_CASE("smooth activations keep their limits, and NaN", "[ops]") {
  CHECK(cleave::Sigmoid::apply(-infinity) == 0);
  CHECK(cleave::Sigmoid::apply(-1000.) == 0);
  CHECK(cleave::Sigmoid::apply(infinity) == 1);
  CHECK(cleave::Sigmoid::apply(-700.) == Approx(std::exp(-700.)));
  CHECK(cleave::Softplus::apply(1e300) == 1e300);
  CHECK(cleave::Softplus::apply(-infinity) == 0);
  CHECK(cleave::Softplus::apply(-50.) == Approx(std::exp(-50.)));
  CHECK(cleave::Softplus::apply(100.F) == 100.F);
  CHECK(cleave::LogSigmoid::apply(-1000.) == -1000);
  CHECK(cleave::LogSigmoid::apply(infinity) == 0);
  CHECK(cleave::LogSigmoid::apply(40.) == Approx(-std::exp(-40.)));
  CHECK(cleave::Silu::apply(-infinity) == 0);
  CHECK(cleave::Silu::apply(infinity) == infinity);
  CHECK(cleave::Gelu::apply(-infinity) == 0);
  CHECK(cleave::Gelu::apply(-20.) == Approx(-20 * 0.5 * std::erfc(20 / std::sqrt(2.))));
  CHECK(cleave::Gelu::apply(1.) == Approx(0.84134475));
  CHECK(cleave::GeluTanh::apply(-infinity) == 0);
  CHECK(cleave::GeluTanh::apply(infinity) == infinity);
  CHECK(cleave::Mish::apply(-infinity) == 0);
  CHECK(cleave::Mish::apply(infinity) == infinity);
  CHECK(cleave::Softcap::apply(infinity, 3.) == 3);
  for (const double y : {cleave::Sigmoid::apply(not_a_number), cleave::Softplus::apply(not_a_number),
                         cleave::LogSigmoid::apply(not_a_number), cleave::Silu::apply(not_a_number),
                         cleave::Gelu::apply(not_a_number), cleave::GeluTanh::apply(not_a_number),
                         cleave::Mish::apply(not_a_number), cleave::Softcap::apply(not_a_number, 1.)}) {
    CHECK(std::isnan(y));
  }
}
