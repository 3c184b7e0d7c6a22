// SPDX-License-Identifier: Apache-2.0
#include "support/law.hpp"

LAW_ROW_2(Equal, cleave::equal(x, y), -2, 2)
LAW_ROW_2(NotEqual, not_equal(x, y), -2, 2)
LAW_ROW_2(Less, less(x, y), -2, 2)
LAW_ROW_2(LessEqual, less_equal(x, y), -2, 2)
LAW_ROW_2(Greater, greater(x, y), -2, 2)
LAW_ROW_2(GreaterEqual, greater_equal(x, y), -2, 2)
LAW_ROW_2(LogicalAnd, logical_and(x, y), -2, 2)
LAW_ROW_2(LogicalOr, logical_or(x, y), -2, 2)
LAW_ROW_2(LogicalXor, logical_xor(x, y), -2, 2)
LAW_ROW_1(LogicalNot, logical_not(x), -2, 2)
LAW_ROW_1(IsNan, is_nan(x), -2, 2)
LAW_ROW_1(IsFinite, is_finite(x), -2, 2)

TEST_CASE("comparisons with NaN are false, but for not_equal", "[ops]") {
  const double nan = std::nan("");
  CHECK(cleave::Equal::apply(nan, nan) == 0);
  CHECK(cleave::NotEqual::apply(nan, nan) == 1);
  CHECK(cleave::Less::apply(nan, 1.) + cleave::GreaterEqual::apply(nan, 1.) == 0);
  CHECK(cleave::IsNan::apply(nan) == 1);
  CHECK(cleave::IsFinite::apply(nan) == 0);
  CHECK(cleave::IsFinite::apply(INFINITY) == 0);
  CHECK(cleave::IsFinite::apply(-1e308) == 1);
  CHECK(cleave::Equal::apply(0., -0.) == 1);
}

TEST_CASE("integers are compared and chosen between", "[ops]") {
  const cleave::Tensor<std::uint8_t, cleave::Shape<law::C<3>>> x{1, 200, 3};
  const cleave::Tensor<std::uint8_t, cleave::Shape<law::C<3>>> y{2, 100, 3};
  const auto larger = cleave::to_tensor(maximum(x, y));
  const auto chosen = cleave::to_tensor(where(less(x, y), x, y + y));
  CHECK(std::vector<int>(larger.begin(), larger.end()) == std::vector<int>{2, 200, 3});
  CHECK(std::vector<int>(chosen.begin(), chosen.end()) == std::vector<int>{1, 200, 6});
}
