// SPDX-License-Identifier: Apache-2.0
#include "support/moves.hpp"

using cleave::Shape;
using cleave::axes::C, cleave::axes::D, cleave::axes::H, cleave::axes::N, cleave::axes::W;

struct Turned {
  constexpr auto operator()(const auto& x) const { return cleave::transpose(x); }
};
struct ChannelsLast {
  constexpr auto operator()(const auto& x) const { return cleave::transpose<N, H, W, C>(x); }
};

TEST_CASE("transpose keeps the laws of an operation", "[ops][law]") {
  law::check<cleave::Transpose, Turned, 1>(-2, 2);
  law::check_second_order<ChannelsLast, law::Curved::no, Shape<N<2>, C<3>, H<2>, W<2>>>(-2, 2);
}

namespace {

template <cleave::extent A, cleave::extent B, cleave::extent E, cleave::extent F>
void check_channels_last() {
  const test::Numbers came = law::moved<ChannelsLast, Shape<N<A>, C<B>, H<E>, W<F>>>();
  std::size_t at = 0;
  for (cleave::extent a = 0; a < A; ++a) {
    for (cleave::extent e = 0; e < E; ++e) {
      for (cleave::extent f = 0; f < F; ++f) {
        for (cleave::extent b = 0; b < B; ++b) {
          CHECK(came[at++] == static_cast<double>(((a * B + b) * E + e) * F + f));
        }
      }
    }
  }
}
template <cleave::extent A, cleave::extent B, cleave::extent E>
void check_turned() {
  const test::Numbers came = law::moved<Turned, Shape<N<A>, C<B>, H<E>>>();
  std::size_t at = 0;
  for (cleave::extent e = 0; e < E; ++e) {
    for (cleave::extent b = 0; b < B; ++b) {
      for (cleave::extent a = 0; a < A; ++a) {
        CHECK(came[at++] == static_cast<double>((a * B + b) * E + e));
      }
    }
  }
}

} // namespace

TEST_CASE("transpose is right in odd sizes", "[ops]") {
  check_channels_last<1, 1, 1, 1>();
  check_channels_last<2, 3, 5, 7>();
  check_channels_last<3, 13, 1, 33>();
  check_turned<1, 2, 3>();
  check_turned<29, 31, 33>();
  check_turned<2, 1, 67>();
}
