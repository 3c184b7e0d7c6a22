// SPDX-License-Identifier: Apache-2.0
#include "support/law.hpp"

LAW_ROW_1(Relu, relu(x), -2, 2)
LAW_ROW_1(LeakyRelu, leaky_relu(x, 0.25), -2, 2)
LAW_CALL_2(Prelu, LeakyRelu, prelu(x, y), -2, 2)
LAW_CALL_1(Relu6, Clip, relu6(x), -3, 9)
LAW_CALL_1(HardSigmoid, Clip, hard_sigmoid(x), -4, 4)
LAW_ROW_1(HardSwish, hard_swish(x), -4, 4)
LAW_ROW_1(Elu, elu(x, 0.25), -3, 3)
LAW_CALL_2(EluOfTwo, Elu, elu(x, y), -3, 3)
LAW_ROW_1(Selu, selu(x), -3, 3)
LAW_ROW_1(SmoothL1, smooth_l1(x, 1.5), -2, 2)
LAW_CALL_2(SmoothL1OfTwo, SmoothL1, smooth_l1(x, y), 0.3, 2)
LAW_ROW_1(Softsign, softsign(x), -3, 3)
