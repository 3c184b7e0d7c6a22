// SPDX-License-Identifier: Apache-2.0
#include <cleave/model/dropout.hpp>

#include "support/law.hpp"

using cleave::axes::C, cleave::axes::N, cleave::axes::T;

namespace {

struct Half {
  constexpr auto operator()(auto x) const { return cleave::dropout<"drop">(x, 0.5); }
};
struct Quarter {
  constexpr auto operator()(auto x) const { return cleave::dropout<"drop">(x, 0.25); }
};
struct ConstantInTime {
  constexpr auto operator()(auto x) const { return cleave::dropout<"drop", T>(x, 0.5); }
};
struct ConstantInRows {
  constexpr auto operator()(auto x) const { return cleave::dropout<"drop", N>(x, 0.5); }
};
struct Always {
  constexpr auto operator()(auto x) const { return cleave::dropout<"drop">(x, 0.5, cleave::DropoutMode::always); }
};
struct None {
  constexpr auto operator()(auto x) const { return cleave::dropout<"drop">(x, 0.); }
};
struct All {
  constexpr auto operator()(auto x) const { return cleave::dropout<"drop">(x, 1.); }
};
struct SameName {
  constexpr auto operator()(auto x) const { return cleave::dropout<"drop">(cleave::dropout<"drop">(x, 0.5), 0.5); }
};
struct OtherName {
  constexpr auto operator()(auto x) const { return cleave::dropout<"other">(x, 0.5); }
};

using Wide = cleave::Shape<N<50>, C<60>>;
using Sequence = cleave::Shape<T<5>, N<40>, C<6>>;

template <class Layer, class S = Wide, bool Training = true>
struct Program {
  static constexpr bool differentiated = Training;
  static constexpr cleave::GradientRequest request(const char* name, bool is_parameter) {
    return law::all_but_head(name, is_parameter);
  }
  static constexpr void trace(cleave::Builder& b) {
    b.training = Training;
    const cleave::Symbol<float, S> x(b.leaf(&cleave::rule<cleave::InputLeaf>, "x", S::dims, cleave::DType::f32));
    const auto y = Layer{}(x);
    cleave::detail::list_outputs(b, block_grad(y));
    if (Training) {
      const cleave::Value head = b.leaf(&cleave::rule<cleave::InputLeaf>, "head", S::dims, cleave::DType::f32);
      b.output(cleave::detail::sum_over(y.value() * head, S::rank == 2 ? "NC" : "TNC").id);
    }
  }
};

test::Numbers ones(std::size_t count) { return test::Numbers(count, 1.); }

double kept_fraction(const test::Numbers& mask) {
  return static_cast<double>(std::count_if(mask.begin(), mask.end(), [](double x) { return x != 0; })) /
         static_cast<double>(mask.size());
}

/// The mask of a pass.
template <class P, cleave::extent Rows>
test::Numbers mask_of(std::int64_t seed, std::int64_t pass, std::int64_t first_row) {
  test::Runner<P, Rows> runner;
  runner.set_random_key(seed, pass, first_row);
  runner.set("x", ones(runner.size("x")));
  runner.forward();
  return runner.output();
}

} // namespace

namespace law_of_dropout {
struct Layer {
  static constexpr bool is_layer = true;
  static constexpr bool is_linear = true;
  constexpr auto operator()(auto x) const { return cleave::dropout<"drop">(x, 0.5); }
};
} // namespace law_of_dropout

TEST_CASE("dropout gives 0 or x / (1 - p), each with its probability", "[ops]") {
  static_assert(!cleave::fault_of<Program<Half>>);
  const auto half = mask_of<Program<Half>, 50>(1, 0, 0);
  CHECK(kept_fraction(half) == Approx(0.5).margin(0.03));
  CHECK(std::all_of(half.begin(), half.end(), [](double x) { return x == 0 || x == 2; }));
  const auto quarter = mask_of<Program<Quarter>, 50>(1, 0, 0);
  CHECK(kept_fraction(quarter) == Approx(0.75).margin(0.03));
  CHECK(std::all_of(quarter.begin(), quarter.end(), [](double x) { return x == 0 || x == Approx(4. / 3); }));
}

TEST_CASE("the mask follows from seed, pass and layer", "[ops]") {
  const auto mask = mask_of<Program<Half>, 50>(1, 0, 0);
  CHECK(mask == mask_of<Program<Half>, 50>(1, 0, 0));
  CHECK(mask != mask_of<Program<Half>, 50>(2, 0, 0));
  CHECK(mask != mask_of<Program<Half>, 50>(1, 1, 0));
  CHECK(mask != mask_of<Program<OtherName>, 50>(1, 0, 0));
}

TEST_CASE("a slice of the batch has the whole batch's rows of the mask", "[ops]") {
  const auto whole = mask_of<Program<Half>, 50>(7, 3, 0);
  const auto upper = mask_of<Program<Half>, 20>(7, 3, 0);
  const auto lower = mask_of<Program<Half>, 30>(7, 3, 20);
  CHECK(std::equal(upper.begin(), upper.end(), whole.begin()));
  CHECK(std::equal(lower.begin(), lower.end(), whole.begin() + 20 * 60));
  // also where the batch axis is not the first
  const auto all = mask_of<Program<Half, Sequence>, 40>(7, 3, 0);
  const auto part = mask_of<Program<Half, Sequence>, 10>(7, 3, 5);
  for (std::size_t t = 0; t < 5; ++t) {
    CHECK(std::equal(part.begin() + static_cast<long>(t * 10 * 6), part.begin() + static_cast<long>((t + 1) * 10 * 6),
                     all.begin() + static_cast<long>((t * 40 + 5) * 6)));
  }
}

TEST_CASE("the gradient of dropout is mask * dy / (1 - p), with the mask of the forward pass", "[ops]") {
  test::Runner<Program<Half>, 50> runner;
  runner.set_random_key(5, 9, 0);
  const auto x = law::samples(3000, -2, 2, 1);
  const auto head = law::samples(3000, -1, 1, 2);
  runner.set("x", x);
  runner.set("head", head);
  runner.forward();
  runner.backward();
  const auto mask = mask_of<Program<Half>, 50>(5, 9, 0);
  const auto y = runner.output();
  const auto dx = runner.gradient("x");
  for (std::size_t i = 0; i < x.size(); ++i) {
    CHECK(y[i] == Approx(mask[i] * x[i]));
    CHECK(dx[i] == Approx(mask[i] * head[i]));
  }
}

TEST_CASE("a mask is constant along the axes that are named", "[ops]") {
  const auto in_time = mask_of<Program<ConstantInTime, Sequence>, 40>(1, 0, 0);
  for (std::size_t i = 240; i < in_time.size(); ++i) {
    CHECK(in_time[i] == in_time[i - 240]);
  }
  CHECK(kept_fraction(in_time) == Approx(0.5).margin(0.1));
  const auto in_rows = mask_of<Program<ConstantInRows>, 50>(1, 0, 0);
  for (std::size_t i = 60; i < in_rows.size(); ++i) {
    CHECK(in_rows[i] == in_rows[i - 60]);
  }
}

TEST_CASE("in evaluation dropout is nothing, unless its mode is always", "[ops]") {
  CHECK(cleave::traced<Program<Half, Wide, false>>.size() == 2); // x, and the block_grad around it
  CHECK(mask_of<Program<Half, Wide, false>, 50>(1, 0, 0) == ones(3000));
  CHECK(kept_fraction(mask_of<Program<Always, Wide, false>, 50>(1, 0, 0)) == Approx(0.5).margin(0.03));
  CHECK(mask_of<Program<None>, 50>(1, 0, 0) == ones(3000));
}

TEST_CASE("dropping everything, and two layers of one name, are refused", "[ops]") {
  static_assert(cleave::fault_of<Program<All>>.rule == cleave::Rule::number_out_of_range);
  static_assert(cleave::fault_of<Program<SameName>>.rule == cleave::Rule::name_used_twice);
  SUCCEED();
}

TEST_CASE("dropout keeps the laws of an operation", "[ops][law]") {
  law::check<cleave::Dropout, law_of_dropout::Layer, 1>(-2, 2);
}
