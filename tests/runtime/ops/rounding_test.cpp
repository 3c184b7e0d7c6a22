// SPDX-License-Identifier: Apache-2.0
#include "support/law.hpp"

LAW_ROW_1(Floor, floor(x), -3, 3)
LAW_ROW_1(Ceil, ceil(x), -3, 3)
LAW_ROW_1(Trunc, trunc(x), -3, 3)
LAW_ROW_1(Round, round(x), -3, 3)
LAW_ROW_1(Rint, rint(x), -3, 3)
LAW_ROW_1(Sign, sign(x), -3, 3)

TEST_CASE("halves are rounded as MXNet does", "[ops]") {
  const double halves[] = {-2.5, -1.5, -0.5, 0.5, 1.5, 2.5};
  const double rounded[] = {-3, -2, -1, 1, 2, 3};
  const double nearest_down[] = {-3, -2, -1, 0, 1, 2};
  for (int i = 0; i < 6; ++i) {
    CHECK(cleave::Round::apply(halves[i]) == rounded[i]);
    CHECK(cleave::Rint::apply(halves[i]) == nearest_down[i]);
    CHECK(cleave::Trunc::apply(halves[i]) == static_cast<int>(halves[i]));
  }
  CHECK(cleave::Rint::apply(1e300) == 1e300);
  CHECK(std::isinf(cleave::Rint::apply(-INFINITY)));
  CHECK(std::isnan(cleave::Rint::apply(std::nan(""))));
}

TEST_CASE("the sign of zeros and NaN is what they are", "[ops]") {
  CHECK(cleave::Sign::apply(-0.) == 0);
  CHECK(std::signbit(cleave::Sign::apply(-0.)));
  CHECK(std::isnan(cleave::Sign::apply(std::nan(""))));
  CHECK(cleave::Sign::apply(-INFINITY) == -1);
  CHECK(cleave::Sign::apply(-7) == -1);
}
