// SPDX-License-Identifier: Apache-2.0
// Reductions against plain loops in double, and bit by bit against the order of operations that they promise.
#include "kernels/cpu/grain.hpp"
#include "support/kernel_call.hpp"

#include <cleave/ops/reduce_op.hpp>

#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

using cleave::extent;
namespace kernels = cleave::kernels;

namespace {

template <class T>
std::vector<T> numbers(extent count, unsigned seed) {
  std::mt19937 engine(seed);
  std::vector<T> made(static_cast<std::size_t>(count));
  for (T& x : made) {
    if constexpr (std::is_floating_point_v<T>) {
      x = std::uniform_real_distribution<T>(-1, 1)(engine);
    } else {
      x = static_cast<T>(std::uniform_int_distribution<std::int64_t>(std::numeric_limits<T>::min(),
                                                                     std::numeric_limits<T>::max())(engine));
    }
  }
  return made;
}

/// Loops from the outermost; bit i of `mask`: loop i is reduced.
struct Loops {
  std::vector<extent> counts;
  unsigned mask;

  [[nodiscard]] bool is_reduced(std::size_t i) const { return (mask >> i & 1U) != 0; }
  [[nodiscard]] extent elements() const {
    extent product = 1;
    for (const extent count : counts) {
      product *= count;
    }
    return product;
  }
  [[nodiscard]] extent results() const {
    extent product = 1;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      product *= is_reduced(i) ? 1 : counts[i];
    }
    return product;
  }
  /// Which result an element belongs to.
  [[nodiscard]] extent result_of(extent element) const {
    extent result = 0;
    extent stride = 1;
    for (std::size_t i = counts.size(); i-- > 0;) {
      const extent at = element % counts[i];
      element /= counts[i];
      if (!is_reduced(i)) {
        result += at * stride;
        stride *= counts[i];
      }
    }
    return result;
  }
};

template <class Out, class In>
std::vector<Out> run(cleave::Kernel kernel, const std::vector<In>& x, const Loops& loops, extent grain = 0,
                     extent first_row = 0, extent roots = 1) {
  std::vector<Out> out(static_cast<std::size_t>(loops.results() * roots), Out(77));
  test::KernelCall call(out, {x.data()}, {});
  extent* size = call.arguments.sizes;
  *size++ = static_cast<extent>(loops.counts.size());
  for (const extent count : loops.counts) {
    *size++ = count;
  }
  *size++ = grain;
  *size = first_row;
  call.arguments.masks[0] = static_cast<std::uint8_t>(loops.mask);
  call.run(kernel);
  return out;
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

constexpr extent odd_sizes[] = {1, 2, 3, 5, 7, 13, 29, 31, 33};

template <class Check>
void each_odd_shape(Check check) {
  for (const extent a : odd_sizes) {
    for (const extent b : odd_sizes) {
      for (const extent c : odd_sizes) {
        for (unsigned mask = 0; mask < 8; ++mask) {
          check(Loops{{a, b, c}, mask});
        }
      }
    }
  }
}

/// What `add` makes of each result's elements, in order, as double.
template <class T, class Add>
std::vector<double> plain(const std::vector<T>& x, const Loops& loops, double start, Add add) {
  std::vector<double> out(static_cast<std::size_t>(loops.results()), start);
  for (extent i = 0; i < loops.elements(); ++i) {
    double& to = out[static_cast<std::size_t>(loops.result_of(i))];
    to = add(to, static_cast<double>(x[static_cast<std::size_t>(i)]));
  }
  return out;
}

template <class T>
double worst_difference(const std::vector<T>& came, const std::vector<double>& expected) {
  double worst = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(came[i]) - expected[i]));
  }
  return worst;
}

} // namespace

TEMPLATE_TEST_CASE("folds over any axes in odd sizes equal plain loops", "[kernels][reduce]", float, double) {
  using T = TestType;
  const double unit = std::numeric_limits<T>::epsilon();
  const std::vector<T> all = numbers<T>(33 * 33 * 33, 1);
  double worst[5] = {};
  const auto note = [&](int which, double value) { worst[which] = std::max(worst[which], value); };
  each_odd_shape([&](const Loops& loops) {
    const std::vector<T> x(all.begin(), all.begin() + loops.elements());
    const double depth = static_cast<double>(loops.elements()) / static_cast<double>(loops.results());
    const auto sum = plain(x, loops, 0, [](double a, double b) { return a + b; });
    note(0, worst_difference(run<T>(&kernels::reduce_sum<T>, x, loops), sum) / (unit * depth));
    const auto squares = plain(x, loops, 0, [](double a, double b) { return a + b * b; });
    auto norm = squares;
    for (double& n : norm) {
      n = std::sqrt(n);
    }
    note(1, worst_difference(run<T>(&kernels::reduce_norm<T>, x, loops), norm) / (unit * depth));
    const auto greatest = plain(x, loops, -9, [](double a, double b) { return std::max(a, b); });
    note(2, worst_difference(run<T>(&kernels::reduce_max<T>, x, loops), greatest));
    const auto least = plain(x, loops, 9, [](double a, double b) { return std::min(a, b); });
    note(3, worst_difference(run<T>(&kernels::reduce_min<T>, x, loops), least));
    auto logs = plain(x, loops, 0, [](double a, double b) { return a + std::exp(b); });
    for (double& l : logs) {
      l = std::log(l);
    }
    note(4, worst_difference(run<T>(&kernels::reduce_logsumexp<T>, x, loops), logs) / (unit * (16 + depth)));
  });
  CHECK(worst[0] < 1);
  CHECK(worst[1] < 1);
  CHECK(worst[2] == 0);
  CHECK(worst[3] == 0);
  CHECK(worst[4] < 1);
}

TEMPLATE_TEST_CASE("whole numbers are added and multiplied exactly, modulo 2^64", "[kernels][reduce]", std::int32_t,
                   std::int64_t, std::uint8_t) {
  using T = TestType;
  const std::vector<T> all = numbers<T>(33 * 33 * 33, 2);
  bool is_equal = true;
  each_odd_shape([&](const Loops& loops) {
    const std::vector<T> x(all.begin(), all.begin() + loops.elements());
    std::vector<std::int64_t> sum(static_cast<std::size_t>(loops.results()));
    std::vector<std::int64_t> product(sum.size(), 1);
    std::vector<T> greatest(sum.size(), std::numeric_limits<T>::lowest());
    for (extent i = 0; i < loops.elements(); ++i) {
      const auto to = static_cast<std::size_t>(loops.result_of(i));
      const T value = x[static_cast<std::size_t>(i)];
      const auto wide = static_cast<std::uint64_t>(value);
      sum[to] = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum[to]) + wide);
      product[to] = static_cast<std::int64_t>(static_cast<std::uint64_t>(product[to]) * wide);
      greatest[to] = std::max(greatest[to], value);
    }
    is_equal = is_equal && run<std::int64_t>(&kernels::reduce_sum<T>, x, loops) == sum &&
               run<std::int64_t>(&kernels::reduce_prod<T>, x, loops) == product &&
               run<T>(&kernels::reduce_max<T>, x, loops) == greatest;
  });
  CHECK(is_equal);
}

TEST_CASE("the position of the best element is that of the first of equal ones, or of the first NaN",
          "[kernels][reduce]") {
  std::vector<float> all = numbers<float>(33 * 33 * 33, 3);
  for (float& x : all) {
    x = std::round(x * 20);
  }
  bool is_equal = true;
  const auto check = [&](const Loops& loops) {
    const std::vector<float> x(all.begin(), all.begin() + loops.elements());
    std::vector<std::int64_t> position(static_cast<std::size_t>(loops.results()));
    std::vector<float> best(position.size());
    std::vector<std::int64_t> seen(position.size());
    for (extent i = 0; i < loops.elements(); ++i) {
      const auto to = static_cast<std::size_t>(loops.result_of(i));
      const float value = x[static_cast<std::size_t>(i)];
      if (seen[to] == 0 || (!std::isnan(best[to]) && (std::isnan(value) || value > best[to]))) {
        best[to] = value;
        position[to] = seen[to];
      }
      ++seen[to];
    }
    is_equal = is_equal && run<std::int64_t>(&kernels::reduce_argmax<float>, x, loops) == position;
  };
  each_odd_shape(check);
  check({{3, 700}, 2});
  check({{2, 1100}, 3});
  for (std::size_t i = 100; i < all.size(); i += 331) {
    all[i] = std::numeric_limits<float>::quiet_NaN();
  }
  each_odd_shape(check);
  check({{3, 700}, 2});
  check({{31, 3, 300}, 5});
  CHECK(is_equal);
}

TEST_CASE("folds over long rows, wide rows and many axes equal plain loops", "[kernels][reduce]") {
  const std::vector<float> all = numbers<float>(400000, 4);
  for (const Loops& loops :
       {Loops{{3, 100000}, 2}, Loops{{100000, 3}, 1}, Loops{{5, 1100, 13}, 5}, Loops{{7, 3, 1100}, 1},
        Loops{{9, 5, 257}, 5}, Loops{{31, 4, 700}, 5}, Loops{{3, 5, 7, 11, 2, 3}, 0b010101},
        Loops{{3, 5, 7, 11, 2, 3}, 0b101010}, Loops{{700, 3, 40}, 5}, Loops{{4096}, 1}, Loops{{0, 3}, 1},
        Loops{{3, 0}, 2}, Loops{{}, 0}}) {
    const std::vector<float> x(all.begin(), all.begin() + loops.elements());
    const auto sum = plain(x, loops, 0, [](double a, double b) { return a + b; });
    CHECK(worst_difference(run<float>(&kernels::reduce_sum<float>, x, loops), sum) < 1e-3);
  }
}

// The order of operations, spelt out: an element of a long row goes to one of 128 accumulators, 16 at a time, and those
// are joined in a binary tree; a medium one has 64, a short one 16; columns go row by row, 16 rows at a time, several
// narrow rows side by side.
TEST_CASE("sums are made in one order for every instruction set", "[kernels][reduce]") {
  const auto tree = [](std::vector<float> lanes) {
    for (std::size_t half = lanes.size() / 2; half > 0; half /= 2) {
      for (std::size_t l = 0; l < half; ++l) {
        lanes[l] += lanes[l + half];
      }
    }
    return lanes[0];
  };
  const std::vector<float> all = numbers<float>(20000, 5);
  const auto add = [](std::vector<float>& to, const std::vector<float>& some) {
    for (std::size_t l = 0; l < to.size(); ++l) {
      to[l] += some[l];
    }
  };
  for (const extent n : {2048, 2050, 16384, 16400, 19999}) {
    std::vector<float> lanes(128);
    for (extent turn = 0; turn < n / 128; turn += 16) {
      std::vector<float> some(128);
      for (extent i = turn * 128; i < std::min(n / 128, turn + 16) * 128; ++i) {
        some[static_cast<std::size_t>(i % 128)] += all[static_cast<std::size_t>(i)];
      }
      add(lanes, some);
    }
    for (extent i = n / 128 * 128; i < n; ++i) {
      lanes[static_cast<std::size_t>(i % 128)] += all[static_cast<std::size_t>(i)];
    }
    const std::vector<float> x(all.begin(), all.begin() + n);
    CHECK(run<float>(&kernels::reduce_sum<float>, x, Loops{{n}, 1})[0] == tree(lanes));
  }
  for (const extent n : {3, 10, 16, 33, 100, 255, 256, 300, 1000, 2047}) {
    const extent count = n < 256 ? 16 : 64;
    std::vector<float> lanes(static_cast<std::size_t>(count));
    for (extent i = 0; i < n; ++i) {
      const bool is_tail = n > 16 && i >= n - n % 16; // the last 16 overlap the ones before, in the last lanes
      lanes[static_cast<std::size_t>(is_tail ? count - (n - i) : i % count)] += all[static_cast<std::size_t>(i)];
    }
    const std::vector<float> x(all.begin(), all.begin() + n);
    CHECK(run<float>(&kernels::reduce_sum<float>, x, Loops{{n}, 1})[0] == tree(lanes));
  }
  for (const extent width : {3, 10, 100, 128, 200}) {
    const extent rows = width == 128 ? 50 : 20;
    extent phases = 1;
    while (phases * width < 128 && 8 * phases <= rows) {
      phases *= 2;
    }
    const std::vector<float> x(all.begin(), all.begin() + rows * width);
    const std::vector<float> came = run<float>(&kernels::reduce_sum<float>, x, Loops{{rows, width}, 1});
    for (extent c = 0; c < width; ++c) {
      const auto element = [&](extent r) { return x[static_cast<std::size_t>(r * width + c)]; };
      std::vector<float> lanes(static_cast<std::size_t>(phases));
      const extent whole = rows / phases; // rows of all phases
      for (extent turn = 0; turn < whole; turn += 16) {
        std::vector<float> some(static_cast<std::size_t>(phases));
        for (extent r = turn * phases; r < std::min(whole, turn + 16) * phases; ++r) {
          some[static_cast<std::size_t>(r % phases)] += element(r);
        }
        add(lanes, some);
      }
      for (extent r = whole * phases; r < rows; ++r) {
        lanes[static_cast<std::size_t>(r % phases)] += element(r);
      }
      CHECK(came[static_cast<std::size_t>(c)] == tree(lanes));
    }
  }
}

TEST_CASE("ten million floats are added with an error of few roundings", "[kernels][reduce]") {
  constexpr extent n = 10'000'000;
  const std::vector<float> same(n, 0.1F);
  const float came = run<float>(&kernels::reduce_sum<float>, same, Loops{{n}, 1})[0];
  const double expected = static_cast<double>(n) * static_cast<double>(0.1F);
  CHECK(std::abs(static_cast<double>(came) - expected) / expected < 2.4e-7);
  const std::vector<float> random = numbers<float>(n, 7); // of both signs, which nearly cancel
  double sum = 0;
  double magnitudes = 0;
  for (const float x : random) {
    sum += static_cast<double>(x);
    magnitudes += std::abs(static_cast<double>(x));
  }
  const float other = run<float>(&kernels::reduce_sum<float>, random, Loops{{n}, 1})[0];
  CHECK(std::abs(static_cast<double>(other) - sum) / magnitudes < 1e-9);
  // down columns
  const float column = run<float>(&kernels::reduce_sum<float>, same, Loops{{n / 10, 10}, 1})[3];
  CHECK(std::abs(static_cast<double>(column) - expected / 10) / expected * 10 < 2.4e-7);
}

TEMPLATE_TEST_CASE("a row has the same logsumexp by itself and among rows", "[kernels][reduce]", float, double) {
  for (const extent width : {1, 3, 10, 16, 33, 48, 100, 255, 256, 300}) {
    const std::vector<TestType> x = numbers<TestType>(37 * width, 6);
    const auto logs = [](const std::vector<TestType>& of, const Loops& loops) {
      return run<TestType>(&kernels::reduce_logsumexp<TestType>, of, loops);
    };
    std::vector<TestType> alone;
    for (extent r = 0; r < 37; ++r) {
      alone.push_back(logs({x.begin() + r * width, x.begin() + (r + 1) * width}, Loops{{width}, 1})[0]);
    }
    CHECK(same_bits(logs(x, Loops{{37, width}, 2}), alone));
  }
}

TEST_CASE("a row has the same sum however many rows ride along", "[kernels][reduce]") {
  for (const extent width : {1, 3, 10, 16, 33, 100, 255, 256, 300}) {
    const std::vector<float> x = numbers<float>(37 * width, 6);
    const std::vector<float> together = run<float>(&kernels::reduce_sum<float>, x, Loops{{37, width}, 2});
    std::vector<float> alone;
    for (extent r = 0; r < 37; ++r) {
      const std::vector<float> row(x.begin() + r * width, x.begin() + (r + 1) * width);
      alone.push_back(run<float>(&kernels::reduce_sum<float>, row, Loops{{1, width}, 2})[0]);
    }
    CHECK(same_bits(together, alone));
  }
}

namespace {

/// The sum over the rows of `loops` (its first loop), computed in `cuts` slices whose roots are then joined.
template <class T>
std::vector<T> sum_by_slices(const std::vector<T>& x, const Loops& loops, extent grain, int cuts) {
  const extent rows = loops.counts[0];
  const extent row = loops.elements() / rows;
  const extent grains = (rows + grain - 1) / grain;
  std::vector<extent> borders;
  std::vector<T> roots;
  for (int i = 0; i <= cuts; ++i) {
    borders.push_back(grains * i / cuts);
  }
  for (int i = 0; i < cuts; ++i) {
    const extent first = borders[static_cast<std::size_t>(i)];
    const extent last = borders[static_cast<std::size_t>(i) + 1];
    if (first == last) {
      continue;
    }
    Loops part = loops;
    part.counts[0] = std::min(last * grain, rows) - first * grain;
    const auto begin = x.begin() + first * grain * row;
    const std::vector<T> own(begin, begin + part.elements());
    const std::vector<T> made =
        run<T>(&kernels::reduce_sum<T>, own, part, grain, first * grain, kernels::count_roots(first, last));
    roots.insert(roots.end(), made.begin(), made.end());
  }
  kernels::join_roots(roots.data(), loops.results(), loops.results(), borders.data(), cuts);
  roots.resize(static_cast<std::size_t>(loops.results()));
  return roots;
}

} // namespace

TEMPLATE_TEST_CASE("sums over rows by grains have the same bits however the rows are cut", "[kernels][reduce]", float,
                   double) {
  using T = TestType;
  for (const extent rows : {1, 5, 32, 60, 64, 129}) {
    for (const extent grain : {1, 2, 8, 32}) {
      for (const Loops& loops :
           {Loops{{rows}, 1}, Loops{{rows, 1}, 1}, Loops{{rows, 3}, 1}, Loops{{rows, 10}, 1}, Loops{{rows, 128}, 1},
            Loops{{rows, 700}, 1}, Loops{{rows, 3, 49}, 5}, Loops{{rows, 5, 300}, 5}, Loops{{rows, 3, 5, 2}, 5}}) {
        const std::vector<T> x = numbers<T>(loops.elements(), 7);
        const std::vector<T> whole = sum_by_slices(x, loops, grain, 1);
        const auto expected = plain(x, loops, 0, [](double a, double b) { return a + b; });
        CHECK(worst_difference(whole, expected) < 1e-3);
        for (int cuts = 2; cuts <= 8; ++cuts) {
          CHECK(same_bits(sum_by_slices(x, loops, grain, cuts), whole));
        }
      }
    }
  }
}

TEST_CASE("whole numbers are summed by grains as well", "[kernels][reduce]") {
  const std::vector<std::int32_t> x = numbers<std::int32_t>(24 * 3, 8);
  const auto whole = run<std::int64_t>(&kernels::reduce_sum<std::int32_t>, x, Loops{{24, 3}, 1});
  const auto roots = run<std::int64_t>(&kernels::reduce_sum<std::int32_t>, x, Loops{{24, 3}, 1}, 8, 0, 2);
  for (std::size_t c = 0; c < 3; ++c) {
    CHECK(roots[c] + roots[3 + c] == whole[c]);
  }
}
