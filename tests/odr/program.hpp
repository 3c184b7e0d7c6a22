// SPDX-License-Identifier: Apache-2.0
// What both units of the program do, each as its own flags have it. everything.hpp includes every header.
#pragma once

#include "everything.hpp"

#include <cstdio>
#include <string>

namespace odr {

using cleave::axes::C, cleave::axes::H, cleave::axes::N;

struct Mlp {
  constexpr auto operator()(auto data) const {
    const auto hidden = cleave::dropout<"drop">(tanh(cleave::linear<"fc1", C<33>>(data)), 0.1);
    return cleave::softmax_output<"softmax">(cleave::linear<"fc2", C<3>>(hidden));
  }
};
struct Job {
  using model = Mlp;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<8>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<5>>>;
  using labels = cleave::Inputs<cleave::Input<"softmax_label", float, N<cleave::batch>>>;
  using optimizer = cleave::Sgd;
  static constexpr auto workload = cleave::workload(2., 1.);
};

struct Findings {
  double weights = 0;  ///< sum of the first layer's weights after some steps
  double sum = 0;      ///< of an elementwise expression: 1365
  double moved = 0;    ///< of products, reductions and copies, which are kernels of their own: 65
  bool agrees = false; ///< whether tensors are compared
  std::string text;    ///< a tensor, printed
  bool draws = false;  ///< whether the program and its memory are drawn
  bool throws = false; ///< whether an error can be caught
  bool checks = false; ///< whether an index out of range is an error
};

/// Is compiled into each unit anew, whatever the linker does to shared functions.
static Findings find() {
  Findings found;
  cleave::Tensor<float, cleave::Shape<N<8>, C<5>>> x;
  cleave::Tensor<float, cleave::Shape<N<8>>> label;
  for (int i = 0; i < 8; ++i) {
    label(i) = static_cast<float>(i % 3);
    for (int j = 0; j < 5; ++j) {
      x(i, j) = static_cast<float>((i * 5 + j) % 7) / 7.F - 0.4F;
    }
  }
  cleave::DataParallelGroup<Job> group;
  group.initialize(cleave::Xavier{}, 7);
  for (int step = 0; step < 20; ++step) {
    group.step(cleave::Batch<Job, 8>(x, label), {.learning_rate = 0.2, .momentum = 0.5});
  }
  const auto weights = group.parameter<"fc1_weight">();
  for (int i = 0; i < 33; ++i) {
    for (int j = 0; j < 5; ++j) {
      found.weights += static_cast<double>(weights(i, j));
    }
  }
  cleave::Tensor<double, cleave::Shape<N<14>>> counted;
  for (int i = 0; i < 14; ++i) {
    counted(i) = i;
  }
  const cleave::Tensor squares = counted * counted + counted * 6.;
  for (const double value : squares) {
    found.sum += value;
  }
  const cleave::Tensor<double, cleave::Shape<N<2>, C<3>>> a = {1, 2, 3, 4, 5, 6};
  const cleave::Tensor<double, cleave::Shape<H<2>, C<3>>> b = {1, 0, 1, 0, 1, 0};
  const cleave::Tensor product = cleave::einsum<"NC,HC->NH">(a, b);                     // 4, 2, 10, 5
  const cleave::Tensor rows = cleave::prod<C>(a);                                       // 6, 120
  const cleave::Tensor greatest = cleave::max<N>(cleave::Tensor(cleave::transpose(a))); // 4, 5, 6
  for (const double value : product) {
    found.moved += value;
  }
  for (const double value : greatest) {
    found.moved += value;
  }
  found.moved += rows(1) - rows(0) - 85;
  found.agrees = cleave::all_close(product, product) && !(product == cleave::Tensor(product + 1.));
  found.text = cleave::to_string(label);
  using Program = cleave::JobProgram<Job, cleave::train>;
  found.draws = cleave::dot<Program>().size() > 1000 && cleave::memory_svg<Program, 6>().size() > 1000;
#if CLEAVE_HAS_EXCEPTIONS()
  try {
    cleave::detail::fail("one error of unit %d", UNIT);
  } catch (const cleave::Error&) {
    found.throws = true;
  }
  try {
    volatile int index = 8;
    const volatile float read = label(index + 0); // still inside the block's padding: a read of 64-byte aligned memory
    static_cast<void>(read);
  } catch (const cleave::Error&) {
    found.checks = true;
  }
#endif
  return found;
}

} // namespace odr

/// What the second unit finds.
odr::Findings find_in_second();
