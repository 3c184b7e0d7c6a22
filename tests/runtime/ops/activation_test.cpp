// SPDX-License-Identifier: Apache-2.0
#include "support/law.hpp"

#include <limits>

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

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
const double not_a_number = std::numeric_limits<double>::quiet_NaN();
} // namespace

TEST_CASE("activations of straight pieces keep their limits, and NaN", "[ops]") {
  CHECK(cleave::Relu::apply(-infinity) == 0);
  CHECK(cleave::HardSwish::apply(-infinity) == 0);
  CHECK(cleave::HardSwish::apply(infinity) == infinity);
  CHECK(cleave::Elu::apply(-infinity, 0.5) == -0.5);
  CHECK(cleave::Elu::apply(-1., 0.25) == Approx(-0.15803014));
  CHECK(cleave::Elu::apply(-1e-20, 1.) == -1e-20); // expm1, not exp - 1
  CHECK(cleave::Selu::apply(-1.) == Approx(-1.11133074));
  CHECK(cleave::LeakyRelu::apply(-4., 0.25) == -1);
  CHECK(cleave::Softsign::apply(-infinity) == -1);
  CHECK(cleave::Softsign::apply(1e300) == 1);
  CHECK(cleave::SmoothL1::apply(1e200, 1.) == 1e200);
  CHECK(cleave::SmoothL1::apply(-0.5, 1.) == 0.125);
  for (const double y :
       {cleave::Relu::apply(not_a_number), cleave::HardSwish::apply(not_a_number), cleave::Elu::apply(not_a_number, 1.),
        cleave::Selu::apply(not_a_number), cleave::LeakyRelu::apply(not_a_number, 0.5),
        cleave::SmoothL1::apply(not_a_number, 1.), cleave::Softsign::apply(not_a_number)}) {
    CHECK(std::isnan(y));
  }
}
