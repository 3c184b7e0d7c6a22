// SPDX-License-Identifier: Apache-2.0
#include "support/law.hpp"

LAW_ROW_1(Sinh, sinh(x), -3, 3)
LAW_ROW_1(Cosh, cosh(x), -3, 3)
LAW_ROW_1(Tanh, tanh(x), -3, 3)
LAW_ROW_1(Asinh, asinh(x), -3, 3)
LAW_ROW_1(Acosh, acosh(x), 1.2, 4)
LAW_ROW_1(Atanh, atanh(x), -0.9, 0.9)
