// SPDX-License-Identifier: Apache-2.0
#include "support/law.hpp"

LAW_ROW_1(Negate, -x, -2, 2)
LAW_ROW_2(Add, x + y, -2, 2)
LAW_ROW_2(Subtract, x - y, -2, 2)
LAW_ROW_2(Multiply, x* y, -2, 2)
LAW_CALL_1(Scale, Multiply, x * 2.5, -2, 2)
LAW_ROW_2(Divide, x / y, 0.5, 2)
LAW_ROW_2(Fmod, fmod(x, y), 0.5, 4)
LAW_ROW_2(Modulo, cleave::modulo(x, -y), 0.5, 4)
LAW_CALL_3(Sum3, Add, add_n(x, y, z), -2, 2)

TEST_CASE("integers have remainders, and dividing them by zero gives 0", "[ops]") {
  CHECK(cleave::Divide::apply(7, 0) == 0);
  CHECK(cleave::Fmod::apply(-7, 3) == -1);
  CHECK(cleave::Modulo::apply(-7, 3) == 2);
  CHECK(cleave::Modulo::apply(7, -3) == -2);
  CHECK(cleave::Modulo::apply(7, 0) == 0);
  CHECK(cleave::Fmod::apply(INT32_MIN, -1) == 0);
  CHECK(cleave::Divide::apply(INT32_MIN, -1) == INT32_MIN);
  CHECK(cleave::Negate::apply(INT32_MIN) == INT32_MIN);
  CHECK(cleave::Abs::apply(INT64_MIN) == INT64_MIN);
  CHECK(cleave::Add::apply(std::uint8_t{200}, std::uint8_t{100}) == 44);
  CHECK(cleave::Modulo::apply(-0.5, 3.) == 2.5);
  CHECK(std::isnan(cleave::Modulo::apply(1., 0.)));
}
