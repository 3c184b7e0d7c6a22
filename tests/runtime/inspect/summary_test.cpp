// SPDX-License-Identifier: Apache-2.0
#include "support/jobs.hpp"

#include <cleave/inspect/summary.hpp>

#include <catch2/catch.hpp>

#include <sstream>
#include <string>

TEST_CASE("the summary of kernels has one row a kernel and their sum", "[inspect]") {
  using Job = test::TwoDevices;
  using Program = cleave::JobProgram<Job, cleave::train>;
  std::istringstream lines(cleave::kernel_summary<Job>());
  std::string line;
  std::getline(lines, line);
  CHECK(line == "kernel                              kFLOP       KiB read    written     FLOP/B   bound by");
  int rows = 0;
  double sum = 0;
  double all = 0;
  while (std::getline(lines, line)) {
    std::istringstream row(line);
    std::string name;
    double flops = 0;
    row >> name >> flops;
    if (name == "all") {
      all = flops;
    } else {
      ++rows;
      sum += flops;
    }
  }
  CHECK(rows == cleave::fused<Program>.kernels);
  CHECK(all == Approx(cleave::device_cost<Job, 0>.flops / 1000).margin(0.01));
  CHECK(sum == Approx(all).margin(0.01 * rows));
}

TEST_CASE("the ridge point divides kernels that wait for memory from those that compute", "[inspect]") {
  using Job = test::TwoDevices;
  const std::string low = cleave::kernel_summary<Job, 0, 0>();
  const std::string high = cleave::kernel_summary<Job, 0, 1000>();
  CHECK(low.find(" memory\n") == std::string::npos);
  CHECK(high.find(" compute\n") == std::string::npos);
}
