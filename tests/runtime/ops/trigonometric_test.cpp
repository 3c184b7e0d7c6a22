// SPDX-License-Identifier: Apache-2.0
#include "support/law.hpp"

LAW_ROW_1(Sin, sin(x), -3, 3)
LAW_ROW_1(Cos, cos(x), -3, 3)
LAW_ROW_1(Tan, tan(x), -1.2, 1.2)
LAW_ROW_1(Asin, asin(x), -0.9, 0.9)
LAW_ROW_1(Acos, acos(x), -0.9, 0.9)
LAW_ROW_1(Atan, atan(x), -3, 3)
LAW_ROW_2(Atan2, atan2(x, y), 0.2, 3)
