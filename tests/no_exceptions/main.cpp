// SPDX-License-Identifier: Apache-2.0
// Compiled without exceptions: everything that runs a model works, and an error calls the handler and ends the program.
#include <cleave/cleave.hpp>
#include <cleave/data/array_iter.hpp>
#include <cleave/train/initializer.hpp>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#if CLEAVE_HAS_EXCEPTIONS()
#error "this program is to be compiled with -fno-exceptions"
#endif

using cleave::axes::C, cleave::axes::N;

namespace {

struct Classifier {
  constexpr auto operator()(auto data) const {
    return cleave::softmax_output<"softmax">(cleave::linear<"fc", C<2>>(data));
  }
};
struct Job {
  using model = Classifier;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<8>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<1>>>;
  using labels = cleave::Inputs<cleave::Input<"softmax_label", float, N<cleave::batch>>>;
  using optimizer = cleave::Sgd;
};

int passed = 0;
int failed = 0;
bool handled = false;

void expect(bool holds, const char* what) {
  holds ? ++passed : ++failed;
  if (!holds) {
    std::printf("FAILED %s\n", what);
  }
}

void handle(const char* sentence) {
  handled = true;
  expect(std::strcmp(sentence, "update: expects forward<train> and backward before it, there are no new gradients") ==
             0,
         "the handler is given the sentence");
}

void end(int /*signal*/) {
  expect(handled, "the handler was called before the program was aborted");
  std::printf("no_exceptions: %d passed, %d failed\n", passed, failed);
  std::fflush(stdout);
  std::_Exit(failed == 0 && passed == 6 ? 0 : 1);
}

} // namespace

int main() {
  cleave::Tensor<float, cleave::Shape<N<16>, C<1>>> x;
  cleave::Tensor<float, cleave::Shape<N<16>>> label;
  for (int i = 0; i < 16; ++i) {
    x(i, 0) = i < 8 ? 0.5F : -0.5F;
    label(i) = i < 8 ? 1.F : 0.F;
  }
  const std::vector<float> rows_of_x(x.begin(), x.end());
  const std::vector<float> labels(label.begin(), label.end());
  cleave::ArrayIter<Job> rows({cleave::column(rows_of_x, 16), cleave::column(labels, 16)}, {.shuffle = true});
  cleave::DataParallelGroup<Job> group;
  group.initialize(cleave::Xavier{}, 1);
  for (int epoch = 0; epoch < 20; ++epoch) {
    rows.reset();
    cleave::AnyBatch<Job> batch;
    while (rows.next(batch)) {
      group.step(batch, {.learning_rate = 1});
    }
  }
  const cleave::Tensor first = cleave::slice<N, 4, 12>(x);
  group.forward<cleave::evaluate>(cleave::Batch<Job, 8>(first));
  const auto probabilities = group.merged_outputs();
  expect(probabilities(0, 1) > 0.9F && probabilities(7, 0) > 0.9F, "the model is trained");

  expect(cleave::set_error_handler(&handle) == nullptr, "the first handler is Cleave's own");
  expect(cleave::set_error_handler(nullptr) == &handle, "the handler before is returned");
  expect(cleave::set_error_handler(&handle) == nullptr, "null stands for Cleave's own");
  std::signal(SIGABRT, &end);
  group.update({.learning_rate = 1});
  std::puts("FAILED the program went on after an error");
  return 1;
}
