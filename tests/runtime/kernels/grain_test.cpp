// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/grain.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

namespace {

using cleave::extent;
namespace kernels = cleave::kernels;

static_assert(kernels::aligned_block(0, 7) == 4);
static_assert(kernels::aligned_block(4, 7) == 2);
static_assert(kernels::aligned_block(6, 16) == 2);
static_assert(kernels::aligned_block(8, 16) == 8);
static_assert(kernels::aligned_block(5, 6) == 1);

// What three devices with 11, 10 and 11 of 32 grains own.
static_assert(kernels::count_roots(0, 11) == 3);
static_assert(kernels::count_roots(11, 21) == 4);
static_assert(kernels::count_roots(21, 32) == 3);
static_assert(kernels::count_roots(0, 0) == 0);

static_assert(kernels::waiting_levels(1) == 0);
static_assert(kernels::waiting_levels(8) == 3);

constexpr extent columns = 3;

/// Values whose sum depends on the order of additions.
float value(extent row, extent column) {
  const extent mixed = (row * 7919 + column * 104729) % 10007;
  return static_cast<float>(mixed - 5003) * (mixed % 3 == 0 ? 1e-4F : 1.37F);
}

std::vector<float> roots_of(extent first_row, extent rows, extent size) {
  const kernels::Grains grains{size, first_row, rows};
  const extent count = kernels::count_roots(grains.first(), grains.last());
  std::vector<float> roots(static_cast<std::size_t>(count * columns));
  std::vector<float> waiting(static_cast<std::size_t>(columns) * 16);
  kernels::sum_grains(grains, roots.data(), columns, columns, waiting.data(), [&](float* to, extent row, extent many) {
    for (extent j = 0; j < columns; ++j) {
      to[j] = 0;
      for (extent i = row; i < row + many; ++i) {
        to[j] += value(first_row + i, j);
      }
    }
  });
  return roots;
}

std::vector<float> joined(std::vector<float> roots, const std::vector<extent>& borders) {
  kernels::join_roots(roots.data(), columns, columns, borders.data(), static_cast<int>(borders.size()) - 1);
  roots.resize(columns);
  return roots;
}

} // namespace

TEST_CASE("grains give the same bits for every cut of the rows", "[kernels][grain]") {
  for (const extent size : {1, 4, 5}) {
    for (const extent rows : {1, 2, 13, 37, 64}) {
      const extent grains = (rows + size - 1) / size;
      const std::vector<float> whole = joined(roots_of(0, rows, size), {0, grains});
      for (extent cuts = 1; cuts <= 8 && cuts <= grains; ++cuts) {
        for (extent skew = 0; skew < 3; ++skew) {
          std::vector<float> roots;
          std::vector<extent> borders;
          for (extent c = 0; c < cuts; ++c) {
            borders.push_back(c == 0 ? 0 : std::min(grains, (grains * c + skew) / cuts));
          }
          borders.push_back(grains);
          for (extent c = 0; c < cuts; ++c) {
            const extent from = borders[static_cast<std::size_t>(c)] * size;
            const extent to = std::min(rows, borders[static_cast<std::size_t>(c) + 1] * size);
            const std::vector<float> slice = roots_of(from, to - from, size);
            roots.insert(roots.end(), slice.begin(), slice.end());
          }
          INFO(rows << " rows, " << size << " a grain, " << cuts << " cuts, skew " << skew);
          CHECK(joined(roots, borders) == whole);
        }
      }
    }
  }
}

TEST_CASE("grains are added in the aligned binary tree", "[kernels][grain]") {
  // 7 grains of one row: ((0 + 1) + (2 + 3)) + ((4 + 5) + 6)
  const auto v = [](extent row) { return value(row, 0); };
  const float expected = ((v(0) + v(1)) + (v(2) + v(3))) + ((v(4) + v(5)) + v(6));
  CHECK(joined(roots_of(0, 7, 1), {0, 7})[0] == expected);
}
