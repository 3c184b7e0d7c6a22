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
