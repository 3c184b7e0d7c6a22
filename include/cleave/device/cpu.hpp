// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace cleave {

/// A logical device: its own threads and memory inside this process. Several may share one socket; what lies on one
/// is never combined with what lies on another unless a program says so (`copy_to`, a group).
template <int Index>
struct Cpu {
  static_assert(Index >= 0, "Cpu: devices are counted from 0");
  static constexpr int index = Index;
};

template <class D>
inline constexpr bool is_device = false;
template <int Index>
inline constexpr bool is_device<Cpu<Index>> = true;

} // namespace cleave
