// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/ops/reshape.hpp>

namespace cleave {
namespace detail {

/// The four shapes of depth_to_space: the axes x has, with C cut into block rows, block columns and the rest; those in
/// the order in which they are joined; the result.
template <class S, extent Block>
struct Depth {
  static constexpr char rows = S::dims.has('P') ? 'U' : 'P';
  static constexpr char columns = S::dims.has('Q') ? 'V' : 'Q';
  static constexpr Fault judge() {
    for (const char letter : {'C', 'H', 'W'}) {
      if (!S::dims.has(letter)) {
        return {Rule::axis_absent, "depth_to_space", "", letter, S::dims, {}};
      }
    }
    if (S::rank > 4) {
      return {Rule::axes_too_many, "depth_to_space", "", '\0', S::dims, {}};
    }
    return Block >= 1 && S::dims.extent_of('C') % (Block * Block) == 0
               ? Fault{}
               : Fault{Rule::not_divisible, "depth_to_space", "", 'C', S::dims, {}};
  }
  static constexpr Fault fault = judge();

  enum class Stage : unsigned char { cut, ordered, joined };
  static constexpr Dims make(Stage stage) {
    Dims made;
    for (int i = 0; i < S::rank && !fault; ++i) {
      const char letter = S::dims.letters[i];
      const extent count = S::dims.extents[i];
      const bool is_block = letter == 'H' || letter == 'W';
      if (letter == 'C') {
        if (stage == Stage::cut) {
          made.push_back(rows, Block);
          made.push_back(columns, Block);
        }
        made.push_back(letter, count / (Block * Block));
      } else {
        made.push_back(letter, stage == Stage::joined && is_block ? count * Block : count);
        if (stage == Stage::ordered && is_block) {
          made.push_back(letter == 'H' ? rows : columns, Block);
        }
      }
    }
    return made;
  }
  struct Cut {
    static constexpr Dims dims = make(Stage::cut);
  };
  struct Ordered {
    static constexpr Dims dims = make(Stage::ordered);
  };
  struct Joined {
    static constexpr Dims dims = make(Stage::joined);
  };
};

} // namespace detail

/// Channels laid out as squares of a larger picture: `depth_to_space<2>(x)` of Shape<N, C<4 c>, H<h>, W<w>> has the
/// shape Shape<N, C<c>, H<2 h>, W<2 w>>, in any layout. Channel (p Block + q) c + k becomes channel k of row p, column
/// q of each square. Errors while compiling: an axis of C, H, W absent, C no multiple of Block^2, more than 4 axes.
template <extent Block, detail::symbol_operand X>
constexpr auto depth_to_space(const X& x) {
  using At = detail::Depth<typename X::shape, Block>;
  static_assert(
      detail::accepted<detail::lifted_refusal<At>>,
      "depth_to_space: expects axes C, H, W and at most one more, and an extent of C that is a multiple of the "
      "square of the block");
  if constexpr (At::fault) {
    return x.refused();
  } else {
    const auto cut = detail::call<Reshape, typename detail::ReshapeLike<typename At::Cut>::type>(x);
    const auto ordered = detail::call<Transpose, typename detail::OrderLike<typename At::Ordered>::type>(cut);
    return detail::call<Reshape, typename detail::ReshapeLike<typename At::Joined>::type>(ordered);
  }
}

} // namespace cleave
