// SPDX-License-Identifier: Apache-2.0
// A user's program: trains a step, reads a file, catches an error. Its arguments are an idx file, and "gzip" where
// files compressed by gzip can be read. Compiled with warnings that Cleave itself does not hold back.
#include <cleave/cleave.hpp>
#include <cleave/data/csv.hpp>
#include <cleave/data/idx.hpp>
#include <cleave/inspect/format.hpp>
#include <cleave/inspect/progress.hpp>
#include <cleave/inspect/summary.hpp>
#include <cleave/train/initializer.hpp>

#include <cmath>
#include <cstdio>
#include <cstring>

using cleave::axes::C, cleave::axes::N;

namespace {

struct Mlp {
  constexpr auto operator()(auto data) const {
    const auto hidden = relu(cleave::linear<"fc1", C<16>>(data));
    return cleave::softmax_output<"softmax">(cleave::linear<"fc2", C<2>>(hidden));
  }
};
struct Job {
  using model = Mlp;
  using devices = cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>;
  using batches = cleave::Batches<4>;
  using data = cleave::Inputs<cleave::Input<"data", float, N<cleave::batch>, C<3>>>;
  using labels = cleave::Inputs<cleave::Input<"softmax_label", float, N<cleave::batch>>>;
  using optimizer = cleave::Sgd;
};

int failed = 0;

void expect(bool holds, const char* what) {
  if (!holds) {
    std::printf("FAILED %s\n", what);
    ++failed;
  }
}

/// Whether the file is read; otherwise the sentence says what to do about it.
bool reads(const char* path) {
  try {
    return cleave::read_idx(path).bytes.size() == 4;
  } catch (const cleave::Error& error) {
    expect(std::strstr(error.what(), "CLEAVE_WITH_ZLIB") != nullptr, error.what());
    return false;
  }
}

} // namespace

int main(int count, char** arguments) {
  cleave::Tensor<float, cleave::Shape<N<4>, C<3>>> x;
  const cleave::Tensor<float, cleave::Shape<N<4>>> label = {0, 1, 0, 1};
  for (int i = 0; i < 4; ++i) {
    x(i, i % 3) = label(i) * 2.F - 1.F;
  }
  cleave::DataParallelGroup<Job> group;
  group.initialize(cleave::Xavier{}, 1);
  for (int step = 0; step < 100; ++step) {
    group.step(cleave::Batch<Job, 4>(x, label), {.learning_rate = 0.5});
  }
  const auto p = group.merged_outputs();
  for (int i = 0; i < 4; ++i) {
    expect(p(i, static_cast<int>(label(i))) > 0.8F, "the model is trained");
  }
  expect(cleave::to_string(label) == "[0. 1. 0. 1.]", "a tensor is printed");
  expect(count == 3, "two arguments");
  expect(reads(arguments[1]) == (std::strcmp(arguments[2], "gzip") == 0),
         "compressed files are read, or refused in words");
  std::printf("package: version %d, %d failed\n", CLEAVE_VERSION, failed);
  return failed == 0 ? 0 : 1;
}
