// SPDX-License-Identifier: Apache-2.0
#include "support/law.hpp"

LAW_ROW_1(Floor, floor(x), -3, 3)
LAW_ROW_1(Ceil, ceil(x), -3, 3)
LAW_ROW_1(Trunc, trunc(x), -3, 3)
LAW_ROW_1(Round, round(x), -3, 3)
LAW_ROW_1(Rint, rint(x), -3, 3)
LAW_ROW_1(Sign, sign(x), -3, 3)
