// SPDX-License-Identifier: Apache-2.0
#include "support/law.hpp"

LAW_ROW_1(Negate, -x, -2, 2)
LAW_ROW_2(Add, x + y, -2, 2)
LAW_ROW_2(Subtract, x - y, -2, 2)
LAW_ROW_2(Multiply, x* y, -2, 2)
LAW_ROW_2(Divide, x / y, 0.5, 2)
LAW_ROW_1(Relu, relu(x), -2, 2)
LAW_ROW_1(Tanh, tanh(x), -3, 3)
LAW_ROW_1(Sigmoid, sigmoid(x), -5, 5)
LAW_ROW_1(Exp, exp(x), -3, 3)
LAW_ROW_1(Log, log(x), 0.1, 5)
LAW_ROW_1(BlockGrad, block_grad(x), -2, 2)
