// SPDX-License-Identifier: Apache-2.0
#include "support/law.hpp"

LAW_ROW_1(Exp, exp(x), -3, 3)
LAW_ROW_1(Exp2, exp2(x), -3, 3)
LAW_ROW_1(Expm1, expm1(x), -3, 3)
LAW_ROW_1(Log, log(x), 0.1, 5)
LAW_ROW_1(Log2, log2(x), 0.1, 5)
LAW_ROW_1(Log10, log10(x), 0.1, 5)
LAW_ROW_1(Log1p, log1p(x), -0.5, 5)
LAW_ROW_1(Erf, erf(x), -2, 2)
LAW_ROW_1(Erfc, erfc(x), -2, 2)
