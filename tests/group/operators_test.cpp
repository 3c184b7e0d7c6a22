// SPDX-License-Identifier: Apache-2.0
// Reductions, products and movement on several devices: what each computes of its rows is what one computes of all.
#include "support/jobs.hpp"

#include <cleave/train/initializer.hpp>

#include <catch2/catch.hpp>

using cleave::Batch;
using cleave::axes::C, cleave::axes::H, cleave::axes::N, cleave::axes::T, cleave::axes::W;

namespace {

struct Mixed {
  constexpr auto operator()(auto data) const {
    const auto picture = cleave::reshape<N<cleave::batch>, H<3>, W<4>>(data);
    const auto edges = cleave::pad<W, 1, 1, cleave::Padding::edge>(cleave::crop<H<2>, W<2>>(picture));
    const auto turned = cleave::linear<"mix", H<5>>(cleave::transpose<H, N, W>(edges)); // contracts a leading axis
    const auto flat = cleave::flatten<C>(cleave::tile<W, 2>(turned));
    const auto [first, second] = cleave::split<C, 2>(flat);
    const auto similar = cleave::einsum<"NC,NK->NCK">(first, cleave::rename<C, cleave::axes::K>(second));
    const auto least = cleave::logsumexp<cleave::axes::K>(similar) + cleave::max<cleave::axes::K>(similar);
    const auto joined = cleave::concat<C>(least, cleave::flip<C>(first), cleave::slice<C, 1, -1, 2>(second));
    return cleave::softmax_output<"softmax">(cleave::linear<"fc", C<4>>(joined));
  }
};

template <class DeviceList>
struct MixedJob {
  using model = Mixed;
  using devices = DeviceList;
  using batches = cleave::Batches<24, 10>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<12>>>;
  using labels = cleave::Inputs<cleave::Input<"softmax_label", float, N<cleave::batch>>>;
  using optimizer = cleave::Sgd;
};
using One = MixedJob<cleave::Devices<cleave::Cpu<0>>>;
using Three = MixedJob<cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>, cleave::Cpu<2>>>;

} // namespace

TEST_CASE("a net of reductions, products and movement trains alike on one and on three devices", "[group]") {
  cleave::DataParallelGroup<One> one;
  cleave::DataParallelGroup<Three> three;
  const auto teach = [](auto& group, auto job) {
    using Job = decltype(job);
    group.initialize(cleave::Xavier{}, 3);
    const test::Rowed<24> large(1);
    const test::Rowed<10> small(2);
    for (int i = 0; i < 3; ++i) {
      group.step(Batch<Job, 24>(large.data, large.label), {.learning_rate = 0.1});
      group.step(Batch<Job, 10>(small.data, small.label), {.learning_rate = 0.1});
    }
    group.template forward<cleave::evaluate>(Batch<Job, 24>(large.data));
  };
  teach(one, One{});
  teach(three, Three{});
  const auto a = one.merged_outputs();
  const auto b = three.merged_outputs();
  for (cleave::extent i = 0; i < a.size(); ++i) {
    CHECK(a.data()[i] == Approx(b.data()[i]).epsilon(1e-4));
  }
  const auto weight = one.parameter<"mix_weight">();
  const auto other = three.parameter<"mix_weight">();
  double moved = 0;
  for (cleave::extent i = 0; i < weight.size(); ++i) {
    CHECK(weight.data()[i] == Approx(other.data()[i]).margin(1e-5));
    moved += std::abs(static_cast<double>(weight.data()[i]));
  }
  CHECK(moved > 0);
}
