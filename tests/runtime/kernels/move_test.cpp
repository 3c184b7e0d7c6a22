// SPDX-License-Identifier: Apache-2.0
// Data that only moves against plain loops. Memory is exactly as large as what may be read or written.
#include "support/kernel_call.hpp"

#include <cleave/ops/strided.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <new>
#include <vector>

using cleave::extent;
namespace kernels = cleave::kernels;

namespace {

struct Loop {
  extent count;
  extent from;
  extent to;
};

template <class Word>
std::vector<Word> counted(extent count) {
  std::vector<Word> made(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < made.size(); ++i) {
    made[i] = static_cast<Word>(i * 2654435761U + i / 251);
  }
  return made;
}

/// Calls `visit(from, to)` for each element.
template <class Visit>
void each(const std::vector<Loop>& loops, std::size_t depth, extent from, extent to, const Visit& visit) {
  if (depth == loops.size()) {
    visit(from, to);
    return;
  }
  for (extent i = 0; i < loops[depth].count; ++i) {
    each(loops, depth + 1, from + i * loops[depth].from, to + i * loops[depth].to, visit);
  }
}

void set_loops(test::KernelCall& call, const std::vector<Loop>& loops, extent offset) {
  extent* size = call.arguments.sizes;
  *size++ = static_cast<extent>(loops.size());
  for (const Loop& loop : loops) {
    *size++ = loop.count;
    *size++ = loop.from;
    *size++ = loop.to;
  }
  call.arguments.sizes[cleave::detail::offset_slot] = offset;
}

/// Memory that begins with a line of the cache.
template <class Word>
struct AtLine {
  using value_type = Word;
  static constexpr std::align_val_t line{64};
  Word* allocate(std::size_t count) { return static_cast<Word*>(::operator new(count * sizeof(Word), line)); }
  void deallocate(Word* at, std::size_t) { ::operator delete(at, line); }
  bool operator==(const AtLine&) const = default;
};

/// Whether the kernel copies what the loops say, and writes nothing else. The result begins `skew` words behind the
/// beginning of a line.
template <class Word>
bool copies(const std::vector<Loop>& loops, extent operand, extent result, extent offset = 0, extent skew = 0) {
  const std::vector<Word> x = counted<Word>(operand);
  std::vector<Word, AtLine<Word>> out(static_cast<std::size_t>(result + skew), Word(77));
  auto expected = out;
  each(loops, 0, offset, skew,
       [&](extent from, extent to) { expected[static_cast<std::size_t>(to)] = x[static_cast<std::size_t>(from)]; });
  test::KernelCall call(out.data() + skew, {x.data()}, {});
  set_loops(call, loops, offset);
  call.run(&kernels::strided_copy<Word>);
  return out == expected;
}

/// A permutation of dense axes: axis i of the result is axis order[i] of the operand.
template <class Word>
bool permutes(const std::vector<extent>& extents, const std::vector<std::size_t>& order, extent skew = 0) {
  std::vector<extent> strides(extents.size());
  extent size = 1;
  for (std::size_t i = extents.size(); i-- > 0;) {
    strides[i] = size;
    size *= extents[i];
  }
  std::vector<Loop> loops(extents.size());
  extent stride = 1;
  for (std::size_t i = extents.size(); i-- > 0;) {
    loops[i] = {extents[order[i]], strides[order[i]], stride};
    stride *= extents[order[i]];
  }
  return copies<Word>(loops, size, size, 0, skew);
}

constexpr extent odd_sizes[] = {1, 2, 3, 5, 7, 13, 29, 31, 33};

} // namespace

TEMPLATE_TEST_CASE("axes in odd sizes are permuted in every way", "[kernels][move]", std::uint8_t, std::uint32_t,
                   std::uint64_t) {
  bool is_right = true;
  for (const extent a : odd_sizes) {
    for (const extent b : odd_sizes) {
      for (const extent c : odd_sizes) {
        std::vector<std::size_t> order{0, 1, 2};
        do {
          is_right = is_right && permutes<TestType>({a, b, c}, order);
        } while (std::next_permutation(order.begin(), order.end()));
      }
    }
  }
  CHECK(is_right);
}

TEMPLATE_TEST_CASE("large matrices are transposed, also where rows collide in a cache and past the caches",
                   "[kernels][move]", std::uint8_t, std::uint32_t, std::uint64_t) {
  CHECK(permutes<TestType>({512, 512}, {1, 0}));
  CHECK(permutes<TestType>({300, 1024}, {1, 0}));
  CHECK(permutes<TestType>({1024, 301}, {1, 0}));
  CHECK(permutes<TestType>({1000, 999}, {1, 0}));
  CHECK(permutes<TestType>({5000, 2600}, {1, 0}));
  CHECK(permutes<TestType>({2048, 2064}, {1, 0}));
  CHECK(permutes<TestType>({2048, 2064}, {1, 0}, 3));
  CHECK(permutes<TestType>({16, 48, 80, 64}, {0, 3, 1, 2}));
  CHECK(permutes<TestType>({16, 64, 48, 80}, {0, 2, 3, 1}));
  CHECK(permutes<TestType>({2, 3, 200, 64}, {0, 2, 3, 1}));
  CHECK(permutes<TestType>({4, 29, 31, 33}, {0, 3, 1, 2}));
  CHECK(permutes<TestType>({3, 4, 5, 6, 7, 2}, {5, 3, 1, 0, 4, 2}));
}

TEMPLATE_TEST_CASE("slices, flips, steps and broadcasts in odd sizes are copied", "[kernels][move]", std::uint8_t,
                   std::uint32_t, std::uint64_t) {
  using W = TestType;
  bool is_right = true;
  for (const extent rows : odd_sizes) {
    for (const extent run : odd_sizes) {
      const extent width = 2 * run + 1;
      is_right = is_right && copies<W>({{rows, width, run}, {run, 1, 1}}, rows * width, rows * run, run + 1) &&
                 copies<W>({{rows, width, run}, {run, 2, 1}}, rows * width, rows * run) &&
                 copies<W>({{rows, width, run}, {run, -1, 1}}, rows * width, rows * run, width - 1) &&
                 copies<W>({{rows, -run, run}, {run, 1, 1}}, rows * run, rows * run, (rows - 1) * run) &&
                 copies<W>({{rows, -1, run}, {run, rows, 1}}, rows * run, rows * run, rows - 1) &&
                 copies<W>({{rows, 1, run}, {run, 0, 1}}, rows, rows * run) &&
                 copies<W>({{rows, 0, run}, {run, 1, 1}}, run, rows * run) &&
                 copies<W>({{rows, run, width}, {run, 1, 2}}, rows * run, rows * width) &&
                 copies<W>({{run, 3, 1}}, 3 * run, run);
    }
  }
  CHECK(is_right);
  CHECK(copies<W>({}, 1, 1));
  CHECK(copies<W>({{0, 1, 1}}, 1, 1));
  CHECK(copies<W>({{1000000, 1, 1}}, 1000000, 1000000));
  CHECK(copies<W>({{700, 2100, 2000}, {2000, 1, 1}}, 700 * 2100, 700 * 2000, 50));
}

TEST_CASE("large copies of short and of long runs go past the caches", "[kernels][move]") {
  using W = std::uint32_t;
  CHECK(copies<W>({{40000, 101, 100}, {100, 1, 1}}, 40000 * 101, 40000 * 100, 1));
  CHECK(copies<W>({{1300000, 7, 3}, {3, 1, 1}}, 1300000 * 7, 1300000 * 3, 2));
  CHECK(copies<W>({{40, 100001, 100000}, {100000, 1, 1}}, 40 * 100001, 40 * 100000, 1));
  CHECK(copies<W>({{4000003, 1, 1}}, 4000004, 4000003, 1));
  CHECK(copies<W>({{2000, 2000, 2001}, {2000, 1, 1}}, 2000 * 2000, 2000 * 2001));
}

TEMPLATE_TEST_CASE("a piece is placed on a ground of one number", "[kernels][move]", float, double, std::int32_t,
                   std::int64_t, std::uint8_t) {
  using T = TestType;
  bool is_right = true;
  for (const extent rows : odd_sizes) {
    for (const extent run : odd_sizes) {
      const std::vector<T> x = counted<T>(rows * run);
      const extent width = run + 3;
      std::vector<T> out(static_cast<std::size_t>((rows + 1) * width), T(77));
      std::vector<T> expected(out.size(), T(5));
      const std::vector<Loop> loops{{rows, run, width}, {run, 1, 1}};
      each(loops, 0, 0, width + 2,
           [&](extent from, extent to) { expected[static_cast<std::size_t>(to)] = x[static_cast<std::size_t>(from)]; });
      test::KernelCall call(out, {x.data()}, {});
      set_loops(call, loops, width + 2);
      call.arguments.numbers[0] = 5;
      call.arguments.numbers[1] = static_cast<double>(out.size());
      call.run(&kernels::strided_place<T>);
      is_right = is_right && out == expected;
    }
  }
  CHECK(is_right);
}

namespace {

template <class Word>
bool joins(extent rows, const std::vector<extent>& widths) {
  std::vector<std::vector<Word>> pieces;
  extent width = 0;
  for (const extent own : widths) {
    pieces.push_back(counted<Word>(rows * own));
    width += own;
  }
  std::vector<Word> out(static_cast<std::size_t>(rows * width), Word(77));
  std::vector<Word> expected;
  for (extent r = 0; r < rows; ++r) {
    for (std::size_t k = 0; k < pieces.size(); ++k) {
      const auto begin = pieces[k].begin() + r * widths[k];
      expected.insert(expected.end(), begin, begin + widths[k]);
    }
  }
  test::KernelCall call(out, {}, {static_cast<extent>(widths.size()), rows});
  for (std::size_t k = 0; k < pieces.size(); ++k) {
    const auto distance =
        reinterpret_cast<std::uintptr_t>(pieces[k].data()) - reinterpret_cast<std::uintptr_t>(out.data());
    call.arguments.operands[k + 1].offset = static_cast<extent>(distance);
    call.arguments.sizes[k + 2] = widths[k];
  }
  call.run(&kernels::join_rows<Word>);
  return out == expected;
}

} // namespace

TEMPLATE_TEST_CASE("operands are joined side by side in odd widths", "[kernels][move]", std::uint8_t, std::uint32_t,
                   std::uint64_t) {
  using W = TestType;
  bool is_right = true;
  for (const extent rows : odd_sizes) {
    for (const extent first : odd_sizes) {
      for (const extent second : odd_sizes) {
        is_right = is_right && joins<W>(rows, {first, second}) && joins<W>(rows, {first, 1, second, first});
      }
    }
  }
  CHECK(is_right);
  CHECK(joins<W>(1, {300000, 5, 200000}));
  CHECK(joins<W>(3, {100000, 3}));
  CHECK(joins<W>(3, {0, 3}));
  CHECK(joins<W>(0, {2, 3}));
}

TEST_CASE("large operands are joined past the caches", "[kernels][move]") {
  using W = std::uint32_t;
  CHECK(joins<W>(400000, {3, 7}));
  CHECK(joins<W>(3000, {1001, 300}));
  CHECK(joins<W>(3, {700001, 700000}));
  CHECK(joins<W>(1, {2100001, 2000000}));
}
