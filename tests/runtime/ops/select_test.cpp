// SPDX-License-Identifier: Apache-2.0
#include "support/law.hpp"

LAW_CALL_3(Where, Where, where(greater(x, 0.), x* y, z), -2, 2)
LAW_CALL_2(Gate, Gate, apply<cleave::Gate>(greater(x, 0.), x* y), -2, 2)
LAW_ROW_2(Maximum, maximum(x, y), -2, 2)
LAW_ROW_2(Minimum, minimum(x, y), -2, 2)
LAW_CALL_1(AtLeast, Maximum, maximum(x, 0.5), -2, 2)
LAW_ROW_1(Clip, clip(x, -1., 1.5), -3, 3)
LAW_CALL_3(ClipBetween, Clip, clip(x, y - 1.5, z + 1.5), -3, 3)
