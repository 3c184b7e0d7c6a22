// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/config.hpp>

namespace cleave {

/// A named axis: one letter and how many elements lie along it. The letter N is the batch axis.
template <char Letter, extent Extent>
struct Axis {
  static constexpr char letter = Letter;
  static constexpr extent size = Extent;

  // Last, because clang forgets the members behind an assertion that has failed.
  static_assert(Extent >= 1 || Extent == dynamic || Extent == batch,
                "Axis: the extent of an axis is at least 1 (or cleave::dynamic, or cleave::batch)");
};

inline constexpr char batch_axis = 'N';

/// One alias a letter: `N<64>`, `C<10>`. The letter I is left out (a macro in <complex.h>); more can be made with
/// `template <cleave::extent E> using Q = cleave::Axis<'Q', E>;`.
namespace axes {
// clang-format off
template <extent Size> using A = Axis<'A', Size>;
template <extent Size> using B = Axis<'B', Size>;
template <extent Size> using C = Axis<'C', Size>;
template <extent Size> using D = Axis<'D', Size>;
template <extent Size> using E = Axis<'E', Size>;
template <extent Size> using F = Axis<'F', Size>;
template <extent Size> using G = Axis<'G', Size>;
template <extent Size> using H = Axis<'H', Size>;
template <extent Size> using J = Axis<'J', Size>;
template <extent Size> using K = Axis<'K', Size>;
template <extent Size> using L = Axis<'L', Size>;
template <extent Size> using M = Axis<'M', Size>;
template <extent Size> using N = Axis<'N', Size>;
template <extent Size> using O = Axis<'O', Size>;
template <extent Size> using P = Axis<'P', Size>;
template <extent Size> using Q = Axis<'Q', Size>;
template <extent Size> using R = Axis<'R', Size>;
template <extent Size> using S = Axis<'S', Size>;
template <extent Size> using T = Axis<'T', Size>;
template <extent Size> using U = Axis<'U', Size>;
template <extent Size> using V = Axis<'V', Size>;
template <extent Size> using W = Axis<'W', Size>;
template <extent Size> using X = Axis<'X', Size>;
template <extent Size> using Y = Axis<'Y', Size>;
template <extent Size> using Z = Axis<'Z', Size>;
// clang-format on
} // namespace axes
} // namespace cleave
