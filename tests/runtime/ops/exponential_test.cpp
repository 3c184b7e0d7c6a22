// SPDX-License-Identifier: Apache-2.0
#include "support/law.hpp"

LAW_ROW_1(Exp, exp(x), -3, 3)
LAW_ROW_1(Exp2, exp2(x), -3, 3)
LAW_ROW_1(Expm1, expm1(x), -3, 3)
LAW_ROW_1(Log, log(x), 0.1, 5)
LAW_ROW_1(Log2, log2(x), 0.1, 5)
LAW_ROW_1(Log10, log10(x), 0.1, 5)
LAW_ROW_1(Log1p, log1p(x), -0.5, 5)
LAW_ROW_1(Erf, erf(x), -2, 2)
LAW_ROW_1(Erfc, erfc(x), -2, 2)

TEST_CASE("exponentials and logarithms at their ends, and where precision is lost easily", "[ops]") {
  CHECK(cleave::Expm1::apply(1e-20) == 1e-20);
  CHECK(cleave::Log1p::apply(1e-20) == 1e-20);
  CHECK(cleave::Exp::apply(-INFINITY) == 0);
  CHECK(cleave::Exp::apply(1000.) == INFINITY);
  CHECK(cleave::Log::apply(0.) == -INFINITY);
  CHECK(std::isnan(cleave::Log::apply(-1.)));
  CHECK(cleave::Erf::apply(INFINITY) == 1);
  CHECK(cleave::Erfc::apply(20.) == Approx(5.395865611607901e-176));
}
