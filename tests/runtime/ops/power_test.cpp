// SPDX-License-Identifier: Apache-2.0
#include "support/law.hpp"

LAW_ROW_1(Abs, abs(x), -3, 3)
LAW_ROW_1(Square, square(x), -3, 3)
LAW_ROW_1(Reciprocal, reciprocal(x), 0.5, 3)
LAW_ROW_1(Sqrt, sqrt(x), 0.2, 3)
LAW_ROW_1(Rsqrt, rsqrt(x), 0.2, 3)
LAW_ROW_1(Cbrt, cbrt(x), 0.2, 3)
LAW_ROW_2(Power, power(x, y), 0.2, 3)
LAW_CALL_1(Cube, Power, power(x, 3.), -2, 2)
LAW_ROW_2(Hypot, hypot(x, y), -3, 3)
