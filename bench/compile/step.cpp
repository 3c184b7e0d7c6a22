// SPDX-License-Identifier: Apache-2.0
// What a user's unit costs to compile: one training step of a multilayer perceptron of any depth. `measure` compiles it
// with
//   CLEAVE_BENCH_HIDDEN  hidden layers           CLEAVE_BENCH_NODES  the graph's nodes, which it must have exactly
//   CLEAVE_BENCH_SKIPS   how many of them add    CLEAVE_BENCH_ROWS   different row counts over the four devices: 1, 2,
//   4
//                        their input (residual)
// Without them: 784-128-64-10, 28 nodes. A hidden layer adds 9 nodes to a training step, a skip 2.
#include <cleave/cleave.hpp>

#ifndef CLEAVE_BENCH_NODES
#define CLEAVE_BENCH_HIDDEN 2
#define CLEAVE_BENCH_SKIPS 0
#define CLEAVE_BENCH_NODES 28
#endif
#ifndef CLEAVE_BENCH_ROWS
#define CLEAVE_BENCH_ROWS 1
#endif

using cleave::axes::C, cleave::axes::N;

/// The name of layer `Number`: "fc000", "fc001", ...
template <int Number>
inline constexpr cleave::FixedString<6> layer_name({'f', 'c', static_cast<char>('0' + Number / 100),
                                                    static_cast<char>('0' + Number / 10 % 10),
                                                    static_cast<char>('0' + Number % 10), '\0'});

template <int Layers, int Skips>
struct Mlp {
  template <int Number>
  static constexpr auto hidden(auto x) {
    if constexpr (Number == Layers) {
      return cleave::softmax_output<"softmax">(cleave::linear<"last", C<10>>(x));
    } else if constexpr (Number >= Layers - Skips) {
      return hidden<Number + 1>(relu(cleave::linear<layer_name<Number>, C<64>>(x)) + x);
    } else {
      return hidden<Number + 1>(relu(cleave::linear<layer_name<Number>, C<64>>(x)));
    }
  }
  constexpr auto operator()(auto data) const {
    static_assert(Skips < Layers, "the first layer changes the width and has no skip");
    return hidden<1>(relu(cleave::linear<layer_name<0>, C<128 / (Layers > 2 ? 2 : 1)>>(data)));
  }
};

struct Job {
  using model = Mlp<CLEAVE_BENCH_HIDDEN, CLEAVE_BENCH_SKIPS>;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>, cleave::Cpu<2>, cleave::Cpu<3>>;
  using batches = cleave::Batches<60>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<784>>>;
  using labels = cleave::Inputs<cleave::Input<"softmax_label", float, N<cleave::batch>>>;
  using optimizer = cleave::Sgd;
#if CLEAVE_BENCH_ROWS == 4
  static constexpr auto workload = cleave::workload(4., 3., 2., 1.); // 24, 18, 12 and 6 rows
#elif CLEAVE_BENCH_ROWS == 2
  static constexpr auto workload = cleave::workload(2., 2., 1., 1.); // 20, 20, 10 and 10
#else
  static constexpr auto workload = cleave::workload(1., 1., 1., 1.); // 15 each
#endif
};

/// How many devices have rows that no device before them has.
static constexpr int different_row_counts() {
  const auto slices = cleave::DataParallelGroup<Job>::slices<>;
  int found = 0;
  for (int device = 0; device < 4; ++device) {
    bool is_new = true;
    for (int before = 0; before < device; ++before) {
      is_new = is_new && slices.rows(before) != slices.rows(device);
    }
    found += is_new ? 1 : 0;
  }
  return found;
}
static_assert(different_row_counts() == CLEAVE_BENCH_ROWS);
static_assert(cleave::graph<cleave::JobProgram<Job, cleave::train>>.size() == CLEAVE_BENCH_NODES);

void step(cleave::DataParallelGroup<Job>& group, const cleave::Batch<Job, 60>& batch) {
  group.step(batch, {.learning_rate = 0.1});
}
