// SPDX-License-Identifier: Apache-2.0
#include "support/law.hpp"

LAW_ROW_1(Sigmoid, sigmoid(x), -5, 5)
LAW_ROW_1(Softplus, softplus(x), -5, 5)
LAW_ROW_1(LogSigmoid, log_sigmoid(x), -5, 5)
LAW_ROW_1(Silu, silu(x), -4, 4)
LAW_ROW_1(Gelu, gelu(x), -3, 3)
LAW_ROW_1(GeluTanh, gelu_tanh(x), -3, 3)
LAW_ROW_1(Mish, mish(x), -3, 3)
LAW_ROW_1(Softcap, softcap(x, 2.), -5, 5)
