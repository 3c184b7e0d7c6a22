// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/refuse.hpp>
#include <cleave/device/cpu.hpp>
#include <cleave/shape/shape.hpp>

// What every refusal of a partial sum says after naming the operation.
#define CLEAVE_IS_PARTIAL                                                                                              \
  "is a partial sum over devices; all-reduce it first (merged values come from the group), or call unreduced() to "    \
  "read this device's share"

namespace cleave {

/// What elementwise operations take besides numbers: a type with a member type `cleave_operand`. Tensors, views,
/// expressions, partial sums (which are then refused in words), and the symbols of a model.
template <class X>
concept operand = requires { typename X::cleave_operand; };

namespace detail {

/// A handle of a graph that is being traced.
template <class X>
concept symbol_operand = requires { requires X::is_symbol; };

/// A device's share of a sum over devices.
template <class X>
concept partial_operand = requires { requires X::is_partial; };

/// Something with elements: a tensor, a view or an expression.
template <class X>
concept eager_operand = operand<X> && !symbol_operand<X> && !partial_operand<X>;

template <class X>
concept number = std::is_arithmetic_v<X>;

/// What a shape must be like for a tensor or view: every extent is known, or the leading one while running. (An extent
/// of 0 has been refused.)
template <class S>
constexpr bool can_be_stored() {
  for (int i = 0; i < S::dims.rank; ++i) {
    if (S::dims.extents[i] == batch || (i > 0 && S::dims.extents[i] == dynamic)) {
      return false;
    }
  }
  return true;
}

/// How many elements there are; holds the leading extent where that is known only while running.
template <class S, bool IsStatic = S::is_static>
class Extents {
public:
  constexpr Extents() = default;
  constexpr explicit Extents(extent /*rows*/) {}
  [[nodiscard]] static constexpr extent rows() { return S::rank == 0 ? 1 : S::dims.extents[0]; }
  [[nodiscard]] static constexpr extent size() { return S::size; }
};

template <class S>
class Extents<S, false> {
public:
  constexpr Extents() = default;
  constexpr explicit Extents(extent rows) : rows_(rows) {}
  [[nodiscard]] constexpr extent rows() const { return rows_; }
  [[nodiscard]] constexpr extent size() const { return rows_ * S::dims.stride(0); }

private:
  extent rows_ = 0;
};

template <class X>
concept refused_operand = requires { requires X::is_refused; };

// Named rules for messages; `Op` is a text, the rest is what came.
template <class Op, class Expected, class Given>
concept shapes_are_equal = std::is_same_v<Expected, Given>;
template <class Op, class Left, class Right>
concept element_types_are_equal = std::is_same_v<Left, Right>;
template <class Op, class Left, class Right>
concept devices_are_equal = std::is_same_v<Left, Right>;
template <class Op, class... X>
concept no_operand_is_partial = !(partial_operand<X> || ...);
template <class Op, class X>
concept has_elements = eager_operand<X>;
template <class Op, class S>
concept shape_is_static = S::is_static;
template <class S>
concept storable_shape = can_be_stored<S>();
template <int Expected, int Given>
concept one_index_an_axis = Expected == Given;
template <class... Index>
concept indices_are_integers =
    ((!std::is_floating_point_v<Index> && requires(Index index) { static_cast<extent>(index); }) && ...);

} // namespace detail

namespace detail {
/// Where tensors of refused values would be.
struct Nowhere {};
} // namespace detail
template <>
inline constexpr bool is_device<detail::Nowhere> = true;

/// What a refused operation gives: accepted everywhere, as are tensors made from it, so that one mistake is reported
/// once.
struct Refused {
  using cleave_operand = Refused;
  using element = float;
  using shape = Shape<>;
  using device = detail::Nowhere;
  static constexpr bool is_refused = true;

  template <class... X>
  constexpr Refused operator()(const X&... /*index*/) const {
    return {};
  }
  template <class X>
  constexpr const Refused& assign(const X& /*x*/) const {
    return *this;
  }
  template <class X>
  constexpr const Refused& fill(const X& /*value*/) const {
    return *this;
  }
};

} // namespace cleave
