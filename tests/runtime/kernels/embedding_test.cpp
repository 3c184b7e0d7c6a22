// SPDX-License-Identifier: Apache-2.0
// Rows named by indices against plain loops, and MXNet's recorded values of Embedding and take.
#include "kernels/cpu/grain.hpp"
#include "support/kernel_call.hpp"
#include "support/numbers.hpp"

#include <cleave/base/error.hpp>
#include <cleave/ops/embedding_kernels.hpp>

#include <catch2/catch.hpp>

#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

using cleave::DType, cleave::extent, cleave::Outside;
namespace kernels = cleave::kernels;

namespace {

using test::numbers;

template <class Index>
std::vector<Index> indices_below(extent rows, extent count, unsigned seed) {
  std::mt19937 engine(seed);
  std::uniform_int_distribution<extent> between(0, rows - 1);
  std::vector<Index> made(static_cast<std::size_t>(count));
  for (Index& x : made) {
    x = static_cast<Index>(between(engine));
  }
  return made;
}

template <class Index>
constexpr DType dtype_of = std::is_same_v<Index, float>          ? DType::f32
                           : std::is_same_v<Index, double>       ? DType::f64
                           : std::is_same_v<Index, std::int32_t> ? DType::i32
                           : std::is_same_v<Index, std::int64_t> ? DType::i64
                                                                 : DType::u8;

struct Sizes {
  extent outer;
  extent rows;
  extent width;
};

template <class T, class Index>
std::vector<T> gather(const std::vector<T>& table, const std::vector<Index>& indices, Sizes sizes,
                      Outside outside = Outside::clip) {
  const auto count = static_cast<extent>(indices.size());
  std::vector<T> out(static_cast<std::size_t>(sizes.outer * count * sizes.width), T(77));
  const test::KernelCall call(out, {table.data(), indices.data()},
                              {sizes.outer, sizes.rows, sizes.width, count, static_cast<extent>(dtype_of<Index>),
                               static_cast<extent>(outside)});
  call.run(sizeof(T) == 8   ? &kernels::gather_rows<std::uint64_t>
           : sizeof(T) == 4 ? &kernels::gather_rows<std::uint32_t>
                            : &kernels::gather_rows<std::uint8_t>);
  return out;
}

template <class T, class Index>
std::vector<T> scatter(const std::vector<Index>& indices, const std::vector<T>& dy, Sizes sizes, extent grain = 0,
                       extent first_row = 0, extent roots = 1, Outside outside = Outside::clip) {
  const auto count = static_cast<extent>(indices.size());
  std::vector<T> out(static_cast<std::size_t>(sizes.outer * sizes.rows * sizes.width * roots), T(77));
  const test::KernelCall call(out, {indices.data(), dy.data()},
                              {sizes.outer, sizes.rows, sizes.width, count, static_cast<extent>(dtype_of<Index>),
                               static_cast<extent>(outside), grain, first_row});
  call.run(&kernels::scatter_rows<T>);
  return out;
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

constexpr extent odd_sizes[] = {1, 2, 3, 5, 7, 13, 29, 31, 33};

} // namespace

TEMPLATE_TEST_CASE("rows are gathered by indices of any element type, and their cotangents added back in order",
                   "[kernels][embedding]", float, double, std::int32_t, std::int64_t, std::uint8_t) {
  using Index = TestType;
  bool gathers = true;
  bool scatters = true;
  for (const extent rows : odd_sizes) {
    for (const extent width : odd_sizes) {
      for (const extent count : odd_sizes) {
        for (const extent outer : {1, 3}) {
          const Sizes sizes{outer, rows, width};
          const auto indices = indices_below<Index>(rows, count, 1);
          const auto table = numbers<float>(outer * rows * width, 2);
          const auto dy = numbers<float>(outer * count * width, 3);
          std::vector<float> gathered(dy.size());
          std::vector<float> gradient(table.size());
          for (extent o = 0; o < outer; ++o) {
            for (extent i = 0; i < count; ++i) {
              for (extent c = 0; c < width; ++c) {
                const auto row = static_cast<extent>(indices[static_cast<std::size_t>(i)]);
                const auto from = static_cast<std::size_t>((o * rows + row) * width + c);
                const auto to = static_cast<std::size_t>((o * count + i) * width + c);
                gathered[to] = table[from];
                gradient[from] += dy[to];
              }
            }
          }
          gathers = gathers && gather(table, indices, sizes) == gathered;
          scatters = scatters && same_bits(scatter(indices, dy, sizes), gradient);
        }
      }
    }
  }
  CHECK(gathers);
  CHECK(scatters);
}

TEMPLATE_TEST_CASE("elements of any size are gathered", "[kernels][embedding]", std::uint8_t, float, double) {
  const auto indices = indices_below<std::int32_t>(50, 700, 4);
  for (const extent width : {1, 3, 10, 64, 300, 2000}) {
    std::vector<TestType> table(static_cast<std::size_t>(50 * width));
    for (std::size_t i = 0; i < table.size(); ++i) {
      table[i] = static_cast<TestType>(i);
    }
    std::vector<TestType> expected;
    for (const std::int32_t row : indices) {
      expected.insert(expected.end(), table.begin() + row * width, table.begin() + (row + 1) * width);
    }
    CHECK(gather(table, indices, {1, 50, width}) == expected);
  }
}

TEST_CASE("an index outside the table is clipped, counted around it, or refused", "[kernels][embedding]") {
  const std::vector<float> table{0, 1, 2, 3};
  const std::vector<std::int64_t> whole{-1, -5, 4, 9, 3, std::numeric_limits<std::int64_t>::min()};
  CHECK(gather(table, whole, {1, 4, 1}) == std::vector<float>{0, 0, 3, 3, 3, 0});
  CHECK(gather(table, whole, {1, 4, 1}, Outside::wrap) == std::vector<float>{3, 3, 0, 1, 3, 0});
  const float infinity = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> fractions{-0.5F, 1.75F, 3.99F, 4, -1, infinity, -infinity, nan};
  CHECK(gather(table, fractions, {1, 4, 1}) == std::vector<float>{0, 1, 3, 3, 0, 3, 0, 0});
  CHECK(gather(table, fractions, {1, 4, 1}, Outside::wrap) == std::vector<float>{0, 1, 3, 0, 3, 0, 0, 0});
  std::vector<float> out{5, 5};
  const std::vector<float> bad{1, 4};
  const test::KernelCall call(out, {table.data(), bad.data()},
                              {1, 4, 1, 2, static_cast<extent>(DType::f32), static_cast<extent>(Outside::refuse)});
  std::string said;
  try {
    call.run(&kernels::gather_rows<std::uint32_t>);
  } catch (const cleave::Error& error) {
    said = error.what();
  }
  CHECK(said == "gather_rows: index 1 is 4; expects a row number from 0 to 3");
  CHECK(out == std::vector<float>{5, 5});
}

TEST_CASE("a table without rows is refused where there are indices", "[kernels][embedding]") {
  CHECK_THROWS_WITH(gather(std::vector<float>{}, std::vector<float>{0}, {1, 0, 3}),
                    "gather_rows: the table has no rows, but there are indices; give it rows");
  CHECK(gather(std::vector<float>{}, std::vector<float>{}, {1, 0, 3}).empty());
}

TEST_CASE("Embedding and take give what MXNet gives", "[kernels][embedding]") {
  const std::vector<float> weight{-1.132F, 0.347F,  -0.406F, -0.831F, -1.551F, -1.479F, 0.55F, -0.407F,
                                  -1.269F, -0.647F, -1.19F,  0.287F,  0.548F,  0.162F,  1.336F};
  CHECK(gather(weight, std::vector<float>{0, 2, 2, 4}, {1, 5, 3}) ==
        std::vector<float>{-1.132F, 0.347F, -0.406F, 0.55F, -0.407F, -1.269F, 0.55F, -0.407F, -1.269F, 0.548F, 0.162F,
                           1.336F});
  const std::vector<float> a{0.154F, -1.348F, 0.897F, 0.604F, 2.511F, 0.017F, -0.421F, -0.925F};
  const std::vector<float> clipped{-2, 9, 0};
  CHECK(gather(a, clipped, {1, 4, 2}) == std::vector<float>{0.154F, -1.348F, -0.421F, -0.925F, 0.154F, -1.348F});
  const std::vector<float> back =
      scatter(clipped, std::vector<float>{0.714F, -1.273F, 0.615F, 1.08F, -1.507F, -0.697F}, {1, 4, 2});
  const std::vector<float> expected{-0.793F, -1.97F, 0, 0, 0, 0, 0.615F, 1.08F};
  for (std::size_t i = 0; i < back.size(); ++i) {
    CHECK(back[i] == Approx(expected[i]).margin(1e-6));
  }
  // along the second of two axes
  CHECK(gather(std::vector<float>{0.083F, 1.026F, 2.084F, 0.676F, -0.043F, 1.356F, -1.597F, 2.024F},
               std::vector<float>{0, 0, 3},
               {2, 4, 1}) == std::vector<float>{0.083F, 0.083F, 0.676F, -0.043F, -0.043F, 2.024F});
}

namespace {

/// The table's gradient by `cuts` slices whose roots are joined.
template <class T>
std::vector<T> scatter_by_slices(const std::vector<std::int32_t>& indices, const std::vector<T>& dy, Sizes sizes,
                                 extent grain, int cuts) {
  const auto count = static_cast<extent>(indices.size());
  const extent grains = (count + grain - 1) / grain;
  const extent table = sizes.rows * sizes.width;
  std::vector<extent> borders;
  std::vector<T> roots;
  for (int i = 0; i <= cuts; ++i) {
    borders.push_back(grains * i / cuts);
  }
  for (int i = 0; i < cuts; ++i) {
    const extent first = borders[static_cast<std::size_t>(i)] * grain;
    const extent last = std::min(count, borders[static_cast<std::size_t>(i) + 1] * grain);
    if (first < last) {
      const std::vector<std::int32_t> own(indices.begin() + first, indices.begin() + last);
      const std::vector<T> own_dy(dy.begin() + first * sizes.width, dy.begin() + last * sizes.width);
      const auto made =
          scatter(own, own_dy, sizes, grain, first,
                  kernels::count_roots(borders[static_cast<std::size_t>(i)], borders[static_cast<std::size_t>(i) + 1]));
      roots.insert(roots.end(), made.begin(), made.end());
    }
  }
  kernels::join_roots(roots.data(), table, table, borders.data(), cuts);
  roots.resize(static_cast<std::size_t>(table));
  return roots;
}

/// The same by the tree of grains over whole tables.
template <class T>
std::vector<T> scatter_by_tables(const std::vector<std::int32_t>& indices, const std::vector<T>& dy, Sizes sizes,
                                 extent grain) {
  const auto count = static_cast<extent>(indices.size());
  const extent table = sizes.rows * sizes.width;
  const kernels::Grains grains{grain, 0, count};
  std::vector<T> roots(static_cast<std::size_t>(table * kernels::count_roots(0, grains.last())));
  std::vector<T> waiting(static_cast<std::size_t>(table * (kernels::waiting_levels(grains.last()) + 1)));
  kernels::sum_grains(grains, roots.data(), table, table, waiting.data(), [&](T* to, extent row, extent rows) {
    const std::vector<std::int32_t> own(indices.begin() + row, indices.begin() + row + rows);
    const std::vector<T> own_dy(dy.begin() + row * sizes.width, dy.begin() + (row + rows) * sizes.width);
    const auto made = scatter(own, own_dy, sizes);
    std::copy(made.begin(), made.end(), to);
  });
  const extent borders[] = {0, grains.last()};
  kernels::join_roots(roots.data(), table, table, borders, 1);
  roots.resize(static_cast<std::size_t>(table));
  return roots;
}

} // namespace

TEMPLATE_TEST_CASE("a table's gradient by grains has the same bits however the indices are cut", "[kernels][embedding]",
                   float, double) {
  using T = TestType;
  for (const extent rows : {1, 3, 31}) {
    for (const extent count : {1, 7, 64, 257}) {
      for (const extent grain : {1, 2, 8, 32}) {
        for (const extent width : {1, 5, 67}) {
          const Sizes sizes{1, rows, width};
          const auto indices = indices_below<std::int32_t>(rows, count, 5);
          const auto dy = numbers<T>(count * width, 6);
          const auto whole = scatter_by_tables(indices, dy, sizes, grain);
          for (int cuts = 1; cuts <= 8; ++cuts) {
            CHECK(same_bits(scatter_by_slices(indices, dy, sizes, grain, cuts), whole));
          }
        }
      }
    }
  }
}
