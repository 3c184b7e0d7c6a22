// SPDX-License-Identifier: Apache-2.0
// The family slicing: cuts are made while compiling, and compared while running.
#pragma once

#include "oracle/support.hpp"

#include <cleave/group/slices.hpp>

namespace oracle {

/// One batch cut by every rule, in static storage.
template <int Devices>
struct Cuts {
  bool legal = false; ///< shares that a job accepts
  cleave::extent batch = 0;
  cleave::Slices<Devices> half_even{};
  cleave::Slices<Devices> half_up{};
  cleave::Slices<Devices> largest_remainder{};
};

template <cleave::extent Batch, int Devices>
constexpr Cuts<Devices> cut(const cleave::Workload<Devices>& load) {
  using cleave::Slicing;
  return {cleave::is_valid(load), Batch, cleave::slice_batch(Batch, load, Slicing::mxnet_half_even),
          cleave::slice_batch(Batch, load, Slicing::mxnet_half_up),
          cleave::slice_batch(Batch, load, Slicing::largest_remainder)};
}

/// Shares without a positive sum: no rule has an answer, and no job accepts them.
template <int Devices>
constexpr Cuts<Devices> no_cut(const cleave::Workload<Devices>& load) {
  Cuts<Devices> cuts;
  cuts.legal = cleave::is_valid(load);
  cuts.half_even.starving = cuts.half_up.starving = cuts.largest_remainder.starving = 0;
  return cuts;
}

struct ErasedSlices {
  const cleave::extent* begin;
  const cleave::extent* end;
  int devices;
  int starving;
};

struct ErasedCuts {
  bool legal;
  cleave::extent batch;
  ErasedSlices half_even;
  ErasedSlices half_up;
  ErasedSlices largest_remainder;
};

template <int Devices>
ErasedSlices erased(const cleave::Slices<Devices>& slices) {
  return {slices.begin, slices.end, Devices, slices.starving};
}
template <int Devices>
ErasedCuts erased(const Cuts<Devices>& cuts) {
  return {cuts.legal, cuts.batch, erased(cuts.half_even), erased(cuts.half_up), erased(cuts.largest_remainder)};
}

/// What the record says of halves rounded up: the same, other borders (given), or an error.
enum class HalfUp { half_up_as_recorded, half_up_given, half_up_starves };

void check_slicing(Case& at, const ErasedCuts& cuts, HalfUp half_up, const Numbers& half_up_borders);

} // namespace oracle
