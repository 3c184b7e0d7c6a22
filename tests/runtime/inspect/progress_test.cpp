// SPDX-License-Identifier: Apache-2.0
#include <cleave/inspect/progress.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <string>

namespace {

using Catch::Contains;
using cleave::Progress;
using Live = Progress::Live;

double now = 0;
double fake_clock() { return now; }

/// A file that is no terminal, to be read back.
class Paper {
public:
  Paper() : file_(std::tmpfile()) { REQUIRE(file_ != nullptr); }
  Paper(const Paper&) = delete;
  Paper& operator=(const Paper&) = delete;
  ~Paper() { std::fclose(file_); }

  [[nodiscard]] Progress::Options options(Live live) const {
    now = 1000;
    return {
        .epochs = 2, .batches = 4, .batch_size = 100, .out = file_, .live = live, .width = 120, .clock = &fake_clock};
  }
  [[nodiscard]] std::string text() const {
    std::rewind(file_);
    std::string all;
    for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_)) {
      all.push_back(static_cast<char>(c));
    }
    return all;
  }

private:
  std::FILE* file_;
};

void run_epoch(Progress& progress, double seconds_a_batch) {
  progress.start_epoch();
  for (int batch = 0; batch < 4; ++batch) {
    now += seconds_a_batch;
    progress.update(0.5, 0.75);
  }
  progress.end_epoch();
}

TEST_CASE("off a terminal each epoch is one plain line", "[inspect][progress]") {
  const Paper paper;
  {
    Progress progress(paper.options(Live::automatic));
    run_epoch(progress, 0.5);
    run_epoch(progress, 0.25);
    CHECK(progress.seconds() == Approx(3));
  }
  CHECK(paper.text() == "epoch 1/2  batch 4/4  200 samples/s  loss 0.5000  accuracy 0.7500  2.0 s\n"
                        "epoch 2/2  batch 4/4  400 samples/s  loss 0.5000  accuracy 0.7500  1.0 s\n");
}

TEST_CASE("a live line is redrawn in place and ended once an epoch", "[inspect][progress]") {
  const Paper paper;
  {
    Progress progress(paper.options(Live::always));
    run_epoch(progress, 0.5);
  }
  const std::string text = paper.text();
  CHECK(std::count(text.begin(), text.end(), '\n') == 1);
  CHECK(std::count(text.begin(), text.end(), '\r') == 5); // four batches and the end
  CHECK(text.front() == '\r');
  CHECK(text.back() == '\n');
  CHECK_THAT(text, Contains("\repoch 1/2  batch 1/4  200 samples/s  loss 0.5000  accuracy 0.7500  ETA 0:04"));
  CHECK_THAT(text, Contains("ETA 0:02"));
}

TEST_CASE("a live line is drawn at most ten times a second", "[inspect][progress]") {
  const Paper paper;
  {
    Progress progress(paper.options(Live::always));
    progress.start_epoch();
    for (int batch = 0; batch < 1000; ++batch) {
      now += 0.001;
      progress.update(0.5, 0.75);
    }
    progress.end_epoch();
  }
  const std::string text = paper.text();
  const auto draws = std::count(text.begin(), text.end(), '\r');
  CHECK(draws >= 9);
  CHECK(draws <= 12);
}

TEST_CASE("a shorter line wipes the longer one before it", "[inspect][progress]") {
  const Paper paper;
  {
    Progress progress(paper.options(Live::always));
    progress.start_epoch();
    now += 1;
    progress.update(12345.678, 0.5);
    now += 1;
    progress.update(0.1, 0.5);
  }
  const std::string text = paper.text();
  const std::size_t second = text.rfind('\r');
  CHECK(text.size() - 1 - second >= second); // covers as many columns as the first, and the newline follows
}

TEST_CASE("a live line never reaches the edge of the terminal", "[inspect][progress]") {
  const Paper paper;
  Progress::Options options = paper.options(Live::always);
  options.width = 30;
  {
    Progress progress(options);
    run_epoch(progress, 0.5);
  }
  const std::string text = paper.text();
  std::size_t from = 0;
  while ((from = text.find('\r', from)) != std::string::npos) {
    const std::size_t end = text.find_first_of("\r\n", from + 1);
    CHECK(end - from - 1 <= 29);
    ++from;
  }
}

TEST_CASE("an exception leaves no half line", "[inspect][progress]") {
  const Paper paper;
  CHECK_THROWS_AS(
      [&] {
        Progress progress(paper.options(Live::always));
        progress.start_epoch();
        now += 1;
        progress.update(0.5, 0.75);
        throw std::runtime_error("a device failed");
      }(),
      std::runtime_error);
  const std::string text = paper.text();
  REQUIRE_FALSE(text.empty());
  CHECK(text.back() == '\n');
}

} // namespace
