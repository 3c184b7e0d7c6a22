// SPDX-License-Identifier: Apache-2.0
#include "support/moves.hpp"

#include <map>

using cleave::Shape, cleave::Tensor;
using cleave::axes::A, cleave::axes::B, cleave::axes::C, cleave::axes::D, cleave::axes::E, cleave::axes::H,
    cleave::axes::N, cleave::axes::O, cleave::axes::T;

struct GramOfRows {
  constexpr auto operator()(auto x, auto y) const { return cleave::einsum<"NC,NC->N">(x, y); }
};
struct DotOverC {
  constexpr auto operator()(auto x, auto y) const { return cleave::dot<C>(x, y); }
};
struct DotOverBoth {
  constexpr auto operator()(auto x, auto y) const { return cleave::dot(x, y); }
};

TEST_CASE("einsum and dot keep the laws of an operation", "[ops][law]") {
  law::check<cleave::Contract, GramOfRows, 2>(-2, 2);
  law::check<cleave::Contract, DotOverC, 2>(-2, 2);
  law::check<cleave::Contract, DotOverBoth, 2>(-2, 2); // over the batch: a partial sum
}

namespace {

/// The sum over all indices of the products of all elements, by the definition.
test::Numbers by_definition(const std::string& spec, const std::vector<test::Numbers>& values,
                            const std::map<char, std::size_t>& extents) {
  const std::size_t arrow = spec.find("->");
  std::vector<std::string> lists{""};
  for (std::size_t i = 0; i < arrow; ++i) {
    if (spec[i] == ',') {
      lists.emplace_back();
    } else {
      lists.back() += spec[i];
    }
  }
  const std::string result = spec.substr(arrow + 2);
  std::size_t size = 1;
  for (const char letter : result) {
    size *= extents.at(letter);
  }
  test::Numbers sum(size);
  std::map<char, std::size_t> at;
  for (const auto& [letter, count] : extents) {
    at[letter] = 0;
  }
  const auto position = [&](const std::string& letters) {
    std::size_t offset = 0;
    for (const char letter : letters) {
      offset = offset * extents.at(letter) + at[letter];
    }
    return offset;
  };
  for (;;) {
    double product = 1;
    for (std::size_t k = 0; k < lists.size(); ++k) {
      product *= values[k][position(lists[k])];
    }
    sum[position(result)] += product;
    auto letter = extents.begin();
    while (letter != extents.end() && ++at[letter->first] == letter->second) {
      at[letter->first] = 0;
      ++letter;
    }
    if (letter == extents.end()) {
      return sum;
    }
  }
}

template <class S>
Tensor<double, S> sampled(unsigned seed) {
  Tensor<double, S> made(cleave::uninitialized);
  const auto values = law::samples(static_cast<std::size_t>(S::size), -1, 1, seed);
  std::copy(values.begin(), values.end(), made.begin());
  return made;
}

template <cleave::FixedString Spec, class... S>
void check_einsum() {
  std::map<char, std::size_t> extents;
  for (const cleave::Dims& dims : {S::dims...}) {
    for (int i = 0; i < dims.rank; ++i) {
      extents[dims.letters[i]] = static_cast<std::size_t>(dims.extents[i]);
    }
  }
  unsigned seed = 1;
  std::vector<test::Numbers> values;
  ((values.push_back(law::samples(static_cast<std::size_t>(S::size), -1, 1, seed++))), ...);
  seed = 1;
  const auto came = [&]<std::size_t... I>(std::index_sequence<I...>) {
    return cleave::einsum<Spec>(sampled<S>(static_cast<unsigned>(I + 1))...);
  }(std::index_sequence_for<S...>{});
  const test::Numbers expected = by_definition(Spec.value, values, extents);
  REQUIRE(static_cast<std::size_t>(came.size()) == expected.size());
  INFO(Spec.value);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(came.data()[i] == Approx(expected[i]).margin(1e-10));
  }
}

} // namespace

TEST_CASE("einsum is right for every form of a product", "[ops]") {
  check_einsum<"NTC,CO->NTO", Shape<N<2>, T<3>, C<5>>, Shape<C<5>, O<7>>>();
  check_einsum<"NC,OC->NO", Shape<N<7>, C<13>>, Shape<O<5>, C<13>>>();
  check_einsum<"CN,CO->ON", Shape<C<13>, N<3>>, Shape<C<13>, O<5>>>();              // the other operand's rows first
  check_einsum<"NAC,NCB->NAB", Shape<N<3>, A<2>, C<5>>, Shape<N<3>, C<5>, B<7>>>(); // a batch
  check_einsum<"ANC,CBN->BNA", Shape<A<2>, N<3>, C<5>>, Shape<C<5>, B<7>, N<3>>>(); // a batch in the middle
  check_einsum<"NAB,BAO->NO", Shape<N<2>, A<3>, B<5>>, Shape<B<5>, A<3>, O<2>>>();  // contracted in another order
  check_einsum<"N,C->NC", Shape<N<3>>, Shape<C<5>>>();                              // an outer product
  check_einsum<"N,C->CN", Shape<N<3>>, Shape<C<5>>>();
  check_einsum<"NC,NC->", Shape<N<3>, C<5>>, Shape<N<3>, C<5>>>();
  check_einsum<"NCT,CO->NO", Shape<N<3>, C<5>, T<2>>, Shape<C<5>, O<2>>>(); // T is summed before
  check_einsum<"NC,->NC", Shape<N<3>, C<5>>, Shape<>>();
  check_einsum<"NCH->HN", Shape<N<3>, C<5>, H<2>>>();
  check_einsum<"NCH->NCH", Shape<N<3>, C<5>, H<2>>>();
  check_einsum<"NC->", Shape<N<3>, C<5>>>();
}

TEST_CASE("einsum is right in odd sizes", "[ops]") {
  check_einsum<"NC,OC->NO", Shape<N<1>, C<1>>, Shape<O<1>, C<1>>>();
  check_einsum<"NC,CO->NO", Shape<N<29>, C<31>>, Shape<C<31>, O<33>>>();
  check_einsum<"NC,NO->CO", Shape<N<33>, C<2>>, Shape<N<33>, O<31>>>();
  check_einsum<"NTC,NSC->NTS", Shape<N<5>, T<7>, C<3>>, Shape<N<5>, cleave::axes::S<13>, C<3>>>();
}

TEST_CASE("einsum of several operands is right in any order of contractions", "[ops]") {
  check_einsum<"AB,BC,CD->AD", Shape<A<2>, B<7>>, Shape<B<7>, C<3>>, Shape<C<3>, D<5>>>();
  check_einsum<"AB,BC,CA->", Shape<A<2>, B<7>>, Shape<B<7>, C<3>>, Shape<C<3>, A<2>>>();
  check_einsum<"NA,NB,NC->NABC", Shape<N<2>, A<2>>, Shape<N<2>, B<3>>, Shape<N<2>, C<2>>>();
  check_einsum<"A,A,A,A,A,A,A->A", Shape<A<3>>, Shape<A<3>>, Shape<A<3>>, Shape<A<3>>, Shape<A<3>>, Shape<A<3>>,
               Shape<A<3>>>(); // seven: greedily
}

TEST_CASE("dot keeps shared axes that it does not name as a batch", "[ops]") {
  const auto a = sampled<Shape<N<3>, A<2>, C<5>>>(1);
  const auto b = sampled<Shape<N<3>, B<4>, C<5>>>(2);
  const auto product = cleave::dot<C>(a, b);
  static_assert(std::is_same_v<decltype(product)::shape, Shape<N<3>, A<2>, B<4>>>);
  const auto same = cleave::einsum<"NAC,NBC->NAB">(a, b);
  CHECK(std::equal(product.begin(), product.end(), same.begin(), same.end()));
  const auto inner = cleave::dot(sampled<Shape<C<5>>>(1), sampled<Shape<C<5>>>(2));
  static_assert(decltype(inner)::shape::rank == 0);
  const auto of_views = cleave::dot<C>(slice<N, 0, 2>(a), slice<N, 0, 2>(b) + 0.);
  CHECK(of_views(1, 1, 3) == Approx(product(1, 1, 3)));
}

namespace {

struct Attention {
  constexpr auto operator()(auto q, auto k, auto v) const { return cleave::einsum<"NTC,NSC,NSO->NTO">(q, k, v); }
};
struct Turned {
  constexpr auto operator()(auto x, auto y) const { return cleave::einsum<"ANC,CBN->BNA">(x, y); }
};
struct Flattening {
  constexpr auto operator()(auto x, auto y) const { return cleave::einsum<"NCT,TCO->ON">(x, y); }
};

} // namespace

TEST_CASE("products have a first and a second derivative", "[ops][law]") {
  law::check_second_order<Attention, law::Curved::yes, Shape<N<2>, T<3>, C<2>>, Shape<N<2>, cleave::axes::S<2>, C<2>>,
                          Shape<N<2>, cleave::axes::S<2>, O<3>>>(-1, 1);
  law::check_second_order<Turned, law::Curved::yes, Shape<A<2>, N<3>, C<2>>, Shape<C<2>, B<2>, N<3>>>(-1, 1);
  law::check_second_order<Flattening, law::Curved::yes, Shape<N<2>, C<3>, T<2>>, Shape<T<2>, C<3>, O<2>>>(-1, 1);
}

namespace {

// where the rows of a batch meet
template <class F, class... S>
struct Placed {
  static constexpr bool differentiated = false;
  static constexpr void trace(cleave::Builder& b) {
    const char* names[] = {"x", "y"};
    int next = 0;
    const auto leaf = [&]<class One>(One /*shape*/) {
      const bool fed = One::dims.has('N');
      return cleave::Symbol<double, One>(
          b.leaf(fed ? &cleave::rule<cleave::InputLeaf> : &cleave::rule<cleave::ParameterLeaf>, names[next++],
                 One::dims, cleave::DType::f64));
    };
    const auto list = [&](auto... x) { b.output(F{}(x...).id); };
    list(leaf(S{})...);
  }
};
template <class F, class... S>
constexpr cleave::Placement placement_of =
    cleave::placements<Placed<F, S...>>[cleave::graph<Placed<F, S...>>.results[0].node];

struct RowsWithRows {
  constexpr auto operator()(auto x, auto y) const { return cleave::einsum<"NC,NO->CO">(x, y); }
};
struct RowsKept {
  constexpr auto operator()(auto x, auto y) const { return cleave::einsum<"NC,CO->NO">(x, y); }
};
struct RowsOnTheRight {
  constexpr auto operator()(auto x, auto y) const { return cleave::einsum<"CO,NC->ON">(x, y); }
};
static_assert(placement_of<RowsWithRows, Shape<N<4>, C<2>>, Shape<N<4>, O<3>>> == cleave::Placement::partial);
static_assert(placement_of<RowsKept, Shape<N<4>, C<2>>, Shape<C<2>, O<3>>> == cleave::Placement::sharded);
static_assert(placement_of<RowsOnTheRight, Shape<C<2>, O<3>>, Shape<N<4>, C<2>>> == cleave::Placement::sharded);
static_assert(placement_of<GramOfRows, Shape<N<4>, C<2>>, Shape<N<4>, C<2>>> == cleave::Placement::sharded);

} // namespace

namespace {

// what is refused, beside the programs in tests/reject
template <class A, class B>
constexpr cleave::Rule dot_rule =
    cleave::detail::Judged<cleave::detail::DotJudge<'C'>, cleave::Symbol<float, A>, cleave::Symbol<float, B>>::fault
        .rule;
static_assert(dot_rule<Shape<N<2>, C<3>>, Shape<C<3>, O<4>>> == cleave::Rule::none);
static_assert(dot_rule<Shape<N<2>, C<3>>, Shape<C<4>, O<4>>> == cleave::Rule::extents_differ);
static_assert(dot_rule<Shape<N<2>, C<3>>, Shape<N<3>, C<3>>> == cleave::Rule::extents_differ); // of the batch
static_assert(dot_rule<Shape<N<2>, C<3>>, Shape<O<4>>> == cleave::Rule::axis_absent);
static_assert(dot_rule<Shape<A<1>, B<1>, C<1>, D<1>, E<1>>, Shape<C<1>, H<1>, N<1>, O<1>>> ==
              cleave::Rule::axes_too_many);

} // namespace
