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
