// SPDX-License-Identifier: Apache-2.0
#define UNIT 1
#include "program.hpp"

#include <cmath>

namespace {

int failed = 0;

void expect(bool holds, const char* what) {
  if (!holds) {
    std::printf("FAILED %s\n", what);
    ++failed;
  }
}

void check(const odr::Findings& found, const char* unit) {
  std::printf("%s: weights %.6f, sum %g, labels %s\n", unit, found.weights, found.sum, found.text.c_str());
  expect(std::isfinite(found.weights), "weights are finite");
  expect(found.sum == 819 + 6 * 91, "the sum is that of the squares and six times the numbers");
  expect(found.moved == 65, "products, reductions and copies add up");
  expect(found.agrees, "tensors are compared");
  expect(found.draws, "the program and its memory are drawn");
  expect(found.text == "[0. 1. 2. 0. 1. 2. 0. 1.]", "the labels are printed");
}

} // namespace

// Arguments: whether the second unit throws and checks its indices. The first one does both.
int main(int count, char** arguments) {
  const odr::Findings first = odr::find();
  const odr::Findings second = find_in_second();
  check(first, "first");
  check(second, "second");
  expect(count == 3, "two arguments");
  expect(std::fabs(first.weights - second.weights) < 1e-3, "both units train to the same weights");
  expect(first.throws, "the first unit catches an error");
  expect(first.checks, "the first unit checks its indices");
  expect(second.throws == (arguments[1][0] == '1'), "the second unit catches an error where it is compiled to");
  expect(second.checks == (arguments[2][0] == '1'), "the second unit checks its indices where it is compiled to");
  return failed == 0 ? 0 : 1;
}
