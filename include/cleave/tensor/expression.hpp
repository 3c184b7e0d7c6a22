// SPDX-License-Identifier: Apache-2.0
// Lazy expressions: a flat list of statements and the leaves they read. Combining two expressions appends one list to
// the other; no type nests in another, however long the expression is.
#pragma once

#include <cleave/base/error.hpp>
#include <cleave/shape/dtype.hpp>
#include <cleave/shape/strides.hpp>
#include <cleave/tensor/fused.hpp>
#include <cleave/tensor/operand.hpp>
#include <cleave/tensor/storage.hpp>

namespace cleave {
namespace detail {

// Leaves as an expression holds them. Tensors by their counted storage, so that the expression may outlive them;
// views borrow; numbers are stored.

template <class T, class S>
struct HeldTensor {
  using shape = S;
  using strides = row_major_t<S>;
  static constexpr bool is_number = false;
  SharedBlock block;
  [[nodiscard]] const T* data() const { return static_cast<const T*>(block.data()); }
  [[nodiscard]] static constexpr T number() { return T{}; }
};

template <class T, class S, class St>
struct HeldView {
  using shape = S;
  using strides = St;
  static constexpr bool is_number = false;
  const T* first;
  [[nodiscard]] constexpr const T* data() const { return first; }
  [[nodiscard]] static constexpr T number() { return T{}; }
};

template <class T>
struct HeldNumber {
  using shape = Shape<>;
  using strides = Strides<>;
  static constexpr bool is_number = true;
  T value;
  [[nodiscard]] static constexpr const T* data() { return nullptr; }
  [[nodiscard]] constexpr T number() const { return value; }
};

template <int Index, class H>
struct HeldAt {
  H held;
};

template <class Indices, class... H>
struct HeldList;
template <int... At, class... H>
struct HeldList<std::integer_sequence<int, At...>, H...> : HeldAt<At, H>... {};

/// The leaves of an expression, in order.
template <class... H>
struct HeldLeaves : HeldList<std::make_integer_sequence<int, sizeof...(H)>, H...> {
  static constexpr int count = sizeof...(H);
};

template <int Index, class H>
constexpr const H& leaf_at(const HeldAt<Index, H>& at) {
  return at.held;
}
template <int Index, class H>
constexpr H&& take_leaf(HeldAt<Index, H>& at) {
  return static_cast<H&&>(at.held);
}

} // namespace detail

/// A computation on tensors, views and numbers that has not run yet: it runs when it is assigned to a tensor, in one
/// pass. May be stored and returned: it keeps the storage of its tensors alive and sees later writes to them; views
/// are only borrowed. A part that is used twice is computed twice: give it a tensor of its own where that matters.
template <class T, class S, class D, class Held, class... Statements>
class Expression {
public:
  using cleave_operand = Expression;
  using element = T;
  using shape = S;
  using device = D;
  static constexpr int rank = S::rank;
  static constexpr Dims dims = S::dims;
  static constexpr DType dtype = dtype_v<T>;
  static constexpr int leaf_count = Held::count;
  static constexpr int statement_count = sizeof...(Statements);

  constexpr explicit Expression(Held leaves) : leaves_(static_cast<Held&&>(leaves)) {}
  [[nodiscard]] constexpr const Held& leaves() const { return leaves_; }

private:
  Held leaves_;
};

namespace detail {

template <class X>
inline constexpr bool is_expression = false;
template <class T, class S, class D, class Held, class... Statements>
inline constexpr bool is_expression<Expression<T, S, D, Held, Statements...>> = true;

/// A leaf as an expression without statements.
template <class T, class D, class H>
using LeafExpression = Expression<T, typename H::shape, D, HeldLeaves<H>>;

/// A number as an element. Integer elements take only numbers that they can represent. Errors: throws Error otherwise.
template <class T, class Number>
constexpr T as_element(Number number) {
  const T element = static_cast<T>(number);
  if constexpr (std::is_integral_v<T> && std::is_integral_v<Number>) {
    bool changes_sign = false; // NOLINT(misc-const-correctness): types of one signedness leave it alone
    if constexpr (std::is_signed_v<T> && !std::is_signed_v<Number>) {
      changes_sign = element < T(0);
    } else if constexpr (!std::is_signed_v<T> && std::is_signed_v<Number>) {
      changes_sign = number < Number(0);
    }
    if (changes_sign || static_cast<Number>(element) != number) {
      fail("number: %lld does not fit elements of type %s; convert the tensor with cast first, or use another number",
           static_cast<long long>(number), name_of(dtype_v<T>));
    }
  }
  return element;
}

/// Any operand or number as an expression of elements T on device D.
template <class T, class D, class X>
constexpr decltype(auto) as_expression(const X& x) {
  if constexpr (is_expression<X>) {
    return (x);
  } else if constexpr (number<X>) {
    using H = HeldNumber<T>;
    return LeafExpression<T, D, H>(HeldLeaves<H>{{{H{as_element<T>(x)}}}});
  } else {
    using H = decltype(x.held());
    return LeafExpression<T, D, H>(HeldLeaves<H>{{{x.held()}}});
  }
}

template <int Statements, int Leaves, class What>
struct shift;
template <int Statements, int Leaves, class Op, int... Operand>
struct shift<Statements, Leaves, Statement<Op, Operand...>> {
  using type = Statement<Op, (Operand >= 0 ? Operand + Statements : Operand - Leaves)...>;
};

/// Several expressions beside each other: the operands of an operation that is still to come.
template <class Held, class... Statements>
struct Beside {
  Held leaves;
};

template <class... H, class... A, class T, class S, class D, class... More, class... B, int... At, int... J>
constexpr auto
put_beside(Beside<HeldLeaves<H...>, A...>& left, const Expression<T, S, D, HeldLeaves<More...>, B...>& right,
           std::integer_sequence<int, At...> /*left leaves*/, std::integer_sequence<int, J...> /*right leaves*/) {
  using Held = HeldLeaves<H..., More...>;
  return Beside<Held, A..., typename shift<sizeof...(A), sizeof...(H), B>::type...>{
      Held{{{take_leaf<At>(left.leaves)}..., {leaf_at<J>(right.leaves())}...}}};
}

template <class Done, class First, class... Rest>
constexpr auto all_beside(Done done, const First& first, const Rest&... rest) {
  auto joined = put_beside(done, first, std::make_integer_sequence<int, decltype(done.leaves)::count>{},
                           std::make_integer_sequence<int, First::leaf_count>{});
  if constexpr (sizeof...(Rest) == 0) {
    return joined;
  } else {
    return all_beside(static_cast<decltype(joined)&&>(joined), rest...);
  }
}

/// Where the result of each of several expressions lies once they are beside each other, as Statement counts.
template <class... E>
constexpr auto results_of() {
  struct Results {
    int at[sizeof...(E)];
  } results{};
  const int statements[] = {E::statement_count...};
  const int leaves[] = {E::leaf_count...};
  int statement = 0;
  int leaf = 0;
  for (std::size_t i = 0; i < sizeof...(E); ++i) {
    results.at[i] = statements[i] == 0 ? -1 - leaf : statement + statements[i] - 1;
    statement += statements[i];
    leaf += leaves[i];
  }
  return results;
}

template <class Op, class T, class S, class D, class... E, class Held, class... Statements, std::size_t... At>
constexpr auto finish(Beside<Held, Statements...> operands, std::index_sequence<At...> /*operands*/) {
  constexpr auto results = results_of<E...>();
  return Expression<T, S, D, Held, Statements..., Statement<Op, results.at[At]...>>(
      static_cast<Held&&>(operands.leaves));
}

/// `Op` on expressions, as one expression of shape S.
template <class Op, class T, class S, class D, class... E>
constexpr auto combine(const E&... operands) {
  return finish<Op, T, S, D, E...>(all_beside(Beside<HeldLeaves<>>{}, operands...), std::index_sequence_for<E...>{});
}

} // namespace detail
} // namespace cleave
